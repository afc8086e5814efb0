import { createHmac, timingSafeEqual } from 'node:crypto';

import { isUuid } from '../shared/values.ts';

/**
 * The keys of secret links: `<id>.<HMAC-SHA256>`. Nothing secret is stored: whoever reads the table can make no key, and a link
 * that is taken out of it is good for nothing.
 */
export class CalendarKeys {
  readonly #secret: string;

  constructor(secret: string) {
    if (secret.length < 32) throw new Error('CALENDAR_SECRET must have at least 32 characters');
    this.#secret = secret;
  }

  #sign(linkId: string): Buffer {
    return createHmac('sha256', this.#secret).update(`calendar ${linkId}`).digest();
  }

  write(linkId: string): string {
    return `${linkId}.${this.#sign(linkId).toString('base64url')}`;
  }

  /** @returns the id of the link; `undefined` when the Hub did not make the key */
  read(key: string): string | undefined {
    const [linkId = '', signature = ''] = key.split('.');
    const [given, expected] = [Buffer.from(signature, 'base64url'), this.#sign(linkId)];
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs && isUuid(linkId) && key === this.write(linkId) ? linkId : undefined;
  }
}
