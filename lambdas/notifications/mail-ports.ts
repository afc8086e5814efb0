import type { Addressees } from '../institutions/published-contacts.ts';
import type { Links } from './compose.ts';
import type { MailKeys } from './mail-keys.ts';
import type { MailTable } from './mail-table.ts';
import type { Recipient } from './recipients.ts';
import type { Mailer } from './ses-mailer.ts';

/** What mail is made with. */

export interface MailPorts {
  readonly mails: MailTable;
  readonly keys: MailKeys;
  readonly mailer: Mailer;
  readonly addressees: (institutionId: string) => Promise<Addressees>;
  /** Of the API, without a slash at its end. */
  readonly baseUrl: string;
}

/** Where a reader finds things. */
export function linksFor({ keys, baseUrl }: MailPorts, institutionId: string, { hash, language }: Recipient): Links {
  const token = keys.tokenFor({ institutionId, hash, language });
  return { baseUrl, unsubscribe: `${baseUrl}/v1/mail/unsubscribe?token=${token}` };
}

/** What comes back with what becomes of a mail: to which list of contacts it was sent. */
export function tagsFor(institutionId: string, { version }: Pick<Addressees, 'version'>) {
  return { institution: institutionId, contacts: String(version) };
}
