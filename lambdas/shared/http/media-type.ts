import Negotiator from 'negotiator';

import { Problem } from './problem.ts';
import { NotAcceptable } from './problems.ts';
import { CSV, type Route } from './route.ts';

/** As it is sent. @see RFC 4180, RFC 7111 */
export const CSV_TYPE = `${CSV}; charset=utf-8; header=present`;

export const JSON_TYPE = 'application/json';

/**
 * In which media type a client wants the answer (RFC 9110, 12.5.1). JSON unless the route has others and the client
 * prefers one of them.
 * @throws Problem `not-acceptable`
 */
export function mediaTypeFor({ response: { alternatives } }: Route, accept: string | undefined): string {
  if (alternatives === undefined) return JSON_TYPE;
  const offered = [JSON_TYPE, ...alternatives];
  const wanted = new Negotiator({ headers: { accept: accept ?? '*/*' } }).mediaType(offered);
  if (wanted === undefined) throw new Problem(NotAcceptable, `This can be answered as ${offered.join(' or ')}.`);
  return wanted;
}
