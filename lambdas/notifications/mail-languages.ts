import type { MailLanguage } from '../institutions/published.ts';
import type { MailTexts } from './mail-texts.ts';
import { EN } from './mail-texts-en.ts';
import { KK } from './mail-texts-kk.ts';
import { RU } from './mail-texts-ru.ts';

/** What mail says, by language. Pure. */
export const MAIL_TEXTS: Readonly<Record<MailLanguage, MailTexts>> = { en: EN, ru: RU, kk: KK };
