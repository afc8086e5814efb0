import * as z from 'zod/mini';

import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { ContactsItem, contactsKey } from './contacts-item.ts';
import { institutionKey } from './institution-key.ts';

/** Whom another context may write to. It reads the contacts where they are, each time it needs them, and keeps no copy. */

const Place = z.object({ timeZone: z.string() });

export type Contact = z.infer<typeof ContactsItem>['contacts'][number];

export interface Addressees {
  readonly contacts: readonly Contact[];
  /** Of the contacts: a higher one is a later list. */
  readonly version: number;
  /** Where they work. */
  readonly timeZone: string;
}

/**
 * @param table the institutions context's
 * @returns nobody when nobody is named, or there is no such institution
 */
export async function readAddressees(table: SingleTable, institutionId: string): Promise<Addressees> {
  const item = await table.get(contactsKey(institutionId), { consistent: true });
  const { contacts, version } = item === undefined ? { contacts: [], version: 0 } : ContactsItem.parse(item);
  if (contacts.length === 0) return { contacts, version, timeZone: 'UTC' };
  const { timeZone } = Place.parse(await table.get(institutionKey(institutionId), { consistent: false }));
  return { contacts, version, timeZone };
}
