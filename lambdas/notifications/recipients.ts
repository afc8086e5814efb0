import type { Addressees, Contact } from '../institutions/published-contacts.ts';
import type { Mailboxes } from './mail-table.ts';
import { MAIL_TYPES, type MailName, type MailType } from './mail-types.ts';

/** Who is written to. */

export interface Recipient extends Pick<Contact, 'role' | 'language' | 'mail'> {
  readonly address: string;
  /** Of the address: see `MailKeys`. */
  readonly hash: string;
}

/** The contacts whose mail arrives, each address once: as the first that has it. Links they have followed count. */
export function recipientsOf(
  { contacts, version }: Pick<Addressees, 'contacts' | 'version'>,
  mailboxes: Mailboxes,
  hashOf: (address: string) => string,
): Recipient[] {
  const found = new Map<string, Recipient>();
  for (const { email: address, role, language, mail } of contacts) {
    if (address === undefined) continue;
    const hash = hashOf(address);
    if (found.has(hash) || mailboxes.fails(hash, version)) continue;
    found.set(hash, { address, hash, role, language, mail: mailboxes.ended(hash) ? 'essential' : mail });
  }
  return [...found.values()];
}

/** When a reader gets what there is of a kind. */
export function whenFor(name: MailName, { mail }: Pick<Recipient, 'mail'>): 'now' | 'daily' | 'never' {
  const { essential = false }: MailType = MAIL_TYPES[name];
  if (essential || mail === 'immediate') return 'now';
  return mail === 'daily' ? 'daily' : 'never';
}
