import { createHmac, timingSafeEqual } from 'node:crypto';

import * as z from 'zod/mini';

import type { MailLanguage } from '../institutions/published.ts';
import { Problem } from '../shared/http/problem.ts';
import { InvalidUnsubscribeLink } from './mail-errors.ts';

/** Whose mail a link ends. No address is in it. */
export interface Mailbox {
  readonly institutionId: string;
  /** Of the address: see `MailKeys.of`. */
  readonly hash: string;
  readonly language: MailLanguage;
}

const MailboxText = z.tuple([z.uuid(), z.string(), z.enum(['en', 'ru', 'kk'])]);

/** Keyed hashes, which nobody makes or tries out without the Hub's key: of addresses, and under links. */
export class MailKeys {
  readonly #secret: string;

  constructor(secret: string) {
    if (secret.length < 32) throw new Error('MAIL_SECRET must have at least 32 characters');
    this.#secret = secret;
  }

  /** What stands for an address in tables. */
  of(address: string): string {
    return this.#sign('address', address.toLowerCase());
  }

  /** What a link carries that ends mail: good for one mailbox, and for as long as it is. */
  tokenFor({ institutionId, hash, language }: Mailbox): string {
    const text = Buffer.from(JSON.stringify([institutionId, hash, language])).toString('base64url');
    return `${text}.${this.#sign('unsubscribe', text)}`;
  }

  /** @throws Problem `invalid-unsubscribe-link` when the Hub has not signed it */
  read(token: string): Mailbox {
    const [text = '', signature = ''] = token.split('.');
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.#sign('unsubscribe', text))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected) || token !== `${text}.${signature}`) {
      throw new Problem(InvalidUnsubscribeLink, 'The Hub has not sent this link.');
    }
    const [institutionId, hash, language] = MailboxText.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { institutionId, hash, language };
  }

  #sign(use: string, text: string): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([use, text]))
      .digest('base64url');
  }
}
