import { api } from './client.ts';
import { hub } from './hub.ts';

/** Contacts to write to, and what they have got. */

export interface TestContact {
  readonly role: string;
  readonly email: string;
  readonly language?: 'en' | 'ru' | 'kk';
  readonly mail?: 'immediate' | 'daily' | 'essential';
}

/** An address that no other test has. */
export const anAddress = (name = 'reader'): string => `${name}.${crypto.randomUUID()}@mailbox.example`;

/** @param version of the contacts before */
export async function nameContacts(institutionId: string, contacts: readonly TestContact[], version = 0) {
  const body = { contacts: contacts.map((contact) => ({ name: 'A. Reader', ...contact })) };
  const params = { institutionId };
  const answer = await api(institutionId).call('replaceContacts', { params, body, ifMatch: `"${String(version)}"` });
  return answer.ok;
}

/** What an address was mailed, oldest first, once all is done. */
export async function mailTo(address: string) {
  await hub.drainStreams();
  return (await hub.mails()).filter(({ to }) => to.includes(address)).toReversed();
}

export const subjectsTo = async (address: string): Promise<string[]> =>
  (await mailTo(address)).map(({ subject }) => subject);
