import * as z from 'zod/mini';

import {
  type AuditedChange,
  changeOf,
  type Images,
  type Item,
  only,
  type Seal,
  stamp,
  type Told,
} from '../shared/chain/change.ts';
import { INSTITUTION_STATUSES, type InstitutionStatus } from './status.ts';

/** What the audit may know of the registry: no name of anybody, and nothing by which somebody could get a token. Pure. */

const InstitutionItem = z.object({
  id: z.string(),
  status: z.enum(INSTITUTION_STATUSES),
  kind: z.string(),
  country: z.string(),
  region: z.optional(z.string()),
  timeZone: z.string(),
  services: z.array(z.string()),
  rorId: z.optional(z.string()),
  name: z.unknown(),
  city: z.unknown(),
  ...stamp,
});
type InstitutionItem = z.infer<typeof InstitutionItem>;

/** What has brought an institution to a status. */
const STATUS_ACTIONS: Readonly<Record<InstitutionStatus, string>> = {
  invited: 'invite',
  active: 'activate',
  suspended: 'suspend',
  left: 'leave',
};

const institution: Told<InstitutionItem> = {
  subjectType: 'institution',
  item: InstitutionItem,
  subject: ({ id }) => id,
  concerns: ({ after }) => [after.id],
  action: ({ before, after }) => {
    if (before === undefined) return after.status === 'invited' ? 'invite' : 'register';
    return before.status === after.status ? 'update' : STATUS_ACTIONS[after.status];
  },
  shown: only('status', 'kind', 'country', 'region', 'timeZone', 'services', 'rorId'),
  sealed: only('name', 'city'),
};

const ContactsItem = z.object({ institutionId: z.string(), contacts: z.array(z.unknown()), ...stamp });
type ContactsItem = z.infer<typeof ContactsItem>;

const contacts: Told<ContactsItem> = {
  subjectType: 'contacts',
  item: ContactsItem,
  subject: ({ institutionId }) => institutionId,
  concerns: ({ after }) => [after.institutionId],
  action: ({ after }) => (after.contacts.length === 0 ? 'erase' : 'replace'),
  shown: (item) => ({ count: item.contacts.length }),
  sealed: only('contacts'),
};

const MemberItem = z.object({
  kind: z.enum(['client', 'person']),
  id: z.string(),
  institutionId: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['active', 'revoked']),
  /** The issuer's ids of secrets: how many there are is all that is told. */
  secretIds: z.optional(z.array(z.unknown())),
  changingSince: z.optional(z.string()),
  ...stamp,
});
type MemberItem = z.infer<typeof MemberItem>;

const secretsOf = ({ secretIds }: MemberItem): number => secretIds?.length ?? 1;

const member = (subjectType: 'client' | 'person'): Told<MemberItem> => ({
  subjectType,
  item: MemberItem,
  subject: ({ id }) => id,
  // Who moves concerns both.
  concerns: ({ before, after }) => [...new Set([after.institutionId, before?.institutionId ?? after.institutionId])],
  action: ({ before, after }) => {
    if (before === undefined) return 'enrol';
    if (before.status !== after.status) return after.status === 'revoked' ? 'revoke' : 'enrol';
    if (secretsOf(before) !== secretsOf(after))
      return secretsOf(before) < secretsOf(after) ? 'add-secret' : 'end-secret';
    return before.changingSince === after.changingSince ? 'enrol' : 'change-secrets';
  },
  shown: (item) => ({
    ...{ institutionId: item.institutionId, roles: item.roles, status: item.status },
    ...(subjectType === 'client' ? { secrets: secretsOf(item) } : {}),
  }),
});
const MEMBERS = { CLIENT: member('client'), PERSON: member('person') };

/**
 * What the registry's stream, or an item of its table, tells the audit of.
 * @returns `undefined` when nothing has changed that is anybody's but the Hub's own
 * @throws ZodError when an item is not what its key says
 */
export function institutionsChange(items: Images<Item>, seal: Seal): AuditedChange | undefined {
  const { pk } = items.after;
  if (pk === 'INSTITUTION') return changeOf(institution, items, seal);
  if (pk === 'CLIENT' || pk === 'PERSON') return changeOf(MEMBERS[pk], items, seal);
  return String(pk).startsWith('CONTACTS#') ? changeOf(contacts, items, seal) : undefined;
}
