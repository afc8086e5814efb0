import * as z from 'zod/mini';

import { Agent } from '../shared/auth/agent.ts';
import type { Key } from '../shared/dynamo/single-table.ts';
import { Contacts } from './contact-contract.ts';

/** The item that holds whom to call at an institution. What was checked when it came in is not checked again. */

const { contacts } = Contacts.shape;

export const ContactsItem = z.object({
  ...Contacts.shape,
  contacts: z.array(
    z.object({
      ...contacts.def.element.shape,
      name: z.string(),
      email: z.optional(z.string()),
      phone: z.optional(z.string()),
    }),
  ),
  version: z.int(),
  by: z.optional(Agent),
});

export const contactsKey = (institutionId: string): Key => ({ pk: `CONTACTS#${institutionId}`, sk: 'CONTACTS' });
