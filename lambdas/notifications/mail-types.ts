import type { ContactRole } from '../institutions/published.ts';

/** The catalogue of mail: which events are worth one, and to whom. Pure. */

export interface MailType {
  /** Of the contacts that get it. */
  readonly roles: readonly ContactRole[];
  /** It cannot wait, or nobody may be spared it: who wants only what is essential gets it, too. */
  readonly essential?: boolean;
  /** Also told to those who did it themselves: what somebody else may have done in their name, or nobody did. */
  readonly own?: boolean;
}

/** By the event's type, without what is the same in all. */
export const MAIL_TYPES = {
  'agreement.proposed': { roles: ['coordination', 'legal'] },
  'agreement.approved': { roles: ['coordination', 'legal'] },
  'agreement.terminated': { roles: ['coordination', 'legal'] },
  'application.submitted': { roles: ['coordination'] },
  'application.accepted': { roles: ['coordination'], essential: true, own: true },
  'application.ending': { roles: ['coordination'], essential: true, own: true },
  'application.declined': { roles: ['coordination'] },
  'application.lapsed': { roles: ['coordination'], own: true },
  'application.withdrawn': { roles: ['coordination'] },
  'application.cancelled': { roles: ['coordination'], essential: true, own: true },
  'booking.offered': { roles: ['coordination', 'clinical'], essential: true, own: true },
  'booking.ending': { roles: ['coordination', 'clinical'], essential: true, own: true },
  'booking.offer-accepted': { roles: ['coordination'] },
  'booking.offer-declined': { roles: ['coordination'] },
  'booking.offer-lapsed': { roles: ['coordination', 'clinical'], own: true },
  'booking.confirmed': { roles: ['coordination'] },
  'booking.expired': { roles: ['coordination', 'clinical'], own: true },
  'booking.cancelled': { roles: ['coordination', 'clinical'] },
  'booking.arrived': { roles: ['coordination', 'clinical'] },
  'booking.completed': { roles: ['coordination', 'clinical'] },
  'booking.no-show': { roles: ['coordination', 'clinical'] },
  'client.enrolled': { roles: ['technical'], own: true },
  'client.revoked': { roles: ['technical'], own: true },
  'client.secret-added': { roles: ['technical'], own: true },
  'credential.issued': { roles: ['coordination'] },
  'credential.revoked': { roles: ['coordination'], essential: true },
  'grant.granted': { roles: ['coordination'] },
  'grant.resized': { roles: ['coordination'] },
  'grant.suspended': { roles: ['coordination', 'clinical'], essential: true },
  'grant.resumed': { roles: ['coordination', 'clinical'] },
  'grant.closing': { roles: ['coordination'], own: true },
  'institution.activated': { roles: ['coordination', 'technical'], own: true },
  'institution.suspended': { roles: ['coordination', 'technical', 'legal'], essential: true, own: true },
  'loan.proposed': { roles: ['coordination'] },
  'loan.approved': { roles: ['coordination'] },
  'loan.declined': { roles: ['coordination'] },
  'loan.settled': { roles: ['coordination'], own: true },
  'person.enrolled': { roles: ['coordination', 'data-protection'], own: true },
  'person.revoked': { roles: ['coordination', 'data-protection'], own: true },
  'registration.submitted': { roles: ['coordination'] },
  'registration.offered': { roles: ['coordination'], essential: true, own: true },
  'registration.ending': { roles: ['coordination'], essential: true, own: true },
  'registration.declined': { roles: ['coordination'] },
  'registration.expired': { roles: ['coordination'], own: true },
  'registration.cancelled': { roles: ['coordination'] },
  'transfer.made': { roles: ['coordination'] },
  'travel-grant.submitted': { roles: ['coordination'] },
  'travel-grant.offered': { roles: ['coordination'] },
  'travel-grant.accepted': { roles: ['coordination'] },
  'travel-grant.declined': { roles: ['coordination'] },
  'travel-grant.disbursed': { roles: ['coordination'] },
  'travel-grant.withdrawn': { roles: ['coordination'] },
  'webhook.disabled': { roles: ['technical'], essential: true, own: true },
} as const satisfies Record<string, MailType>;

export type MailName = keyof typeof MAIL_TYPES;

const isMailName = (name: string): name is MailName => Object.hasOwn(MAIL_TYPES, name);

/** `org.oncology-hub.booking.offered.v1` → `booking.offered`; `undefined` for what nobody is mailed. */
export function mailNameOf(type: string): MailName | undefined {
  const [, name = ''] = /^org\.oncology-hub\.(.+)\.v1$/.exec(type) ?? [];
  return isMailName(name) ? name : undefined;
}

/** The types of events that somebody is mailed. */
export const MAILED_EVENT_TYPES: readonly string[] = Object.keys(MAIL_TYPES).map(
  (name) => `org.oncology-hub.${name}.v1`,
);
