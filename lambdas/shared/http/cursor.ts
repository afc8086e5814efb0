import { createHmac, timingSafeEqual } from 'node:crypto';

import { Problem } from './problem.ts';
import { InvalidCursor } from './problems.ts';

/**
 * Cursors of lists: a position that only the Hub can write, good for one list (operation, institution and filters).
 * `<position>.<HMAC-SHA256>`, both in base64url.
 */
export class Cursors {
  readonly #secret: string;

  constructor(secret: string) {
    if (secret.length < 32) throw new Error('CURSOR_SECRET must have at least 32 characters');
    this.#secret = secret;
  }

  #sign(list: string, position: string): Buffer {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([list, position]))
      .digest();
  }

  /** @param list what the cursor is good for, such as `listPools:<institution>` */
  write(list: string, position: string): string {
    return `${Buffer.from(position).toString('base64url')}.${this.#sign(list, position).toString('base64url')}`;
  }

  /** @throws Problem `invalid-cursor` when this list did not give the cursor out. */
  read(list: string, cursor: string): string {
    const [encoded = '', signature = ''] = cursor.split('.');
    const position = Buffer.from(encoded, 'base64url').toString();
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(list, position);
    if (
      given.length !== expected.length ||
      !timingSafeEqual(given, expected) ||
      cursor !== this.write(list, position)
    ) {
      throw new Problem(InvalidCursor, 'This list did not give out this cursor.');
    }
    return position;
  }
}
