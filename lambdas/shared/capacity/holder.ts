import { createHash } from 'node:crypto';

/**
 * One holder of one unit, as an account embeds it.
 *
 * An account item is written for every booking, and what DynamoDB charges grows with each started KiB, so a holder is
 * kept in under thirty bytes: its id without the part it shares with its account, and one short string.
 */

export const HOLDER_STATES = ['held', 'confirmed', 'arrived', 'fulfilled', 'forfeited'] as const;
export type HolderState = (typeof HOLDER_STATES)[number];

/** States in which nobody else may hold a unit for the same subject. */
const LIVE: readonly HolderState[] = ['held', 'confirmed', 'arrived'];

export interface Holder {
  /** UUID of what holds the unit: a booking, a seat. Its first 18 characters are those of the account's owner. */
  readonly id: string;
  /** Whom the unit is for, as `subjectKey` writes it. */
  readonly subject: string;
  readonly state: HolderState;
  /** Only while `held`: when it was taken, in seconds since 1970. */
  readonly takenAt?: number;
  /** Only while `held`: for how many minutes. */
  readonly minutes?: number;
}

/** Characters of a UUID that an account's owner and everything in its account have in common. */
const FAMILY_LENGTH = 18;

/**
 * The part of an id that says where it lives: a grant and its bookings share it, so a booking's id leads to its grant
 * without an index.
 */
export function familyOf(id: string): string {
  return id.slice(0, FAMILY_LENGTH);
}

/**
 * The id of a holder in the account of `ownerId`, derived from what makes the request the same request. A repeated
 * request therefore meets its own first attempt. It has the shape of a UUIDv7 with the owner's timestamp.
 */
export function deriveId(ownerId: string, ...sameness: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(sameness)).digest();
  digest[0] = ((digest[0] ?? 0) & 0x3f) | 0x80; // the variant bits of RFC 9562
  const hex = digest.toString('hex');
  return `${familyOf(ownerId)}-${hex.slice(0, 4)}-${hex.slice(4, 16)}`;
}

/**
 * A short key for whoever a unit is for. Thirty-six bits: equal keys are a reason to look, not a proof.
 * @param identity what the subject is known by, such as a patient's pseudonym
 */
export function subjectKey(...identity: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 6);
}

export function isLive(holder: Holder): boolean {
  return LIVE.includes(holder.state);
}

/** When a held unit is given up, in seconds since 1970; `undefined` once it is confirmed. */
export function expiryOf({ takenAt, minutes }: Holder): number | undefined {
  return takenAt === undefined || minutes === undefined ? undefined : takenAt + minutes * 60;
}

/** The map key of a holder: the 64 bits of its id that are its own. */
export function holderKey(id: string): string {
  return Buffer.from(id.slice(FAMILY_LENGTH).replaceAll('-', ''), 'hex').toString('base64url');
}

/** In the order a unit goes through them: a later state is a greater text, and so is a hold that was renewed. */
const LETTER: Readonly<Record<HolderState, string>> = {
  held: 'a',
  confirmed: 'b',
  arrived: 'c',
  fulfilled: 'd',
  forfeited: 'e',
};

/**
 * `<subject:6><state:1>`, and while held `<takenAt:7><minutes>` in base 36. For one holder these texts only ever grow,
 * so that a write that comes late can be told from one that is due.
 */
export function encodeHolder({ subject, state, takenAt = 0, minutes = 0 }: Holder): string {
  const time = state === 'held' ? takenAt.toString(36).padStart(7, '0') + minutes.toString(36) : '';
  return subject + LETTER[state] + time;
}

/** @throws Error when the text is not one `encodeHolder` writes. */
export function decodeHolder(owner: string, key: string, text: string): Holder {
  const hex = Buffer.from(key, 'base64url').toString('hex');
  const id = `${familyOf(owner)}-${hex.slice(0, 4)}-${hex.slice(4)}`;
  const state = HOLDER_STATES.find((candidate) => LETTER[candidate] === text[6]);
  if (state === undefined || hex.length !== 16) throw new Error('An account has a holder that cannot be read');
  const holder = { id, subject: text.slice(0, 6), state };
  if (state !== 'held') return holder;
  return { ...holder, takenAt: Number.parseInt(text.slice(7, 14), 36), minutes: Number.parseInt(text.slice(14), 36) };
}
