import * as z from 'zod/mini';

import type { PublishedRow } from '../audit/published-rows.ts';
import { hasBegun, isOver } from '../shared/days.ts';
import { ProgrammeKind, Service } from '../shared/values.ts';

/** What other contexts may know of an agreement. This, not the table, is what they depend on. Pure. */

/** A version that every party has approved. */
export const ApprovedVersion = z.object({
  version: z.int(),
  hash: z.string(),
  /** As it was checked when it came in: looking up a time zone takes ten milliseconds. */
  validity: z.object({ from: z.string(), to: z.optional(z.string()), timeZone: z.string() }),
  services: z.array(Service),
  /** Agreements of before they were told have none. */
  programmes: z._default(z.array(ProgrammeKind), []),
});
export type ApprovedVersion = z.infer<typeof ApprovedVersion>;

const AgreementChange = z.object({
  id: z.string(),
  parties: z.array(z.string()),
  /** In the order of their numbers. */
  approved: z.array(ApprovedVersion),
  termination: z.optional(z.object({ from: z.string(), timeZone: z.string() })),
  /** Counts the changes. */
  version: z.int(),
});
export type AgreementChange = z.infer<typeof AgreementChange>;

/** Reads a change from the new state that the agreements' stream shows. @throws ZodError when it is not one */
export function readAgreementChange(item: Readonly<Record<string, unknown>>): AgreementChange {
  return AgreementChange.parse(item);
}

const Parties = z.object({
  type: z.literal('agreement'),
  ...{ id: z.string(), parties: z.array(z.string()), version: z.int() },
});

/**
 * The parties of an agreement, where a row of the audit tells of them: who they are does not change, so its first one does.
 * @throws ZodError when the row tells of them otherwise
 */
export function partiesIn({ subjectType, subject, version, after }: PublishedRow): z.infer<typeof Parties> | undefined {
  if (subjectType !== 'agreement' || after['parties'] === undefined) return undefined;
  return Parties.parse({ type: subjectType, id: subject, parties: after['parties'], version });
}

interface Dated {
  readonly approved: readonly ApprovedVersion[];
  readonly termination?: AgreementChange['termination'];
}

/** Whether an agreement has ended by a party's decision. */
export function isTerminated({ termination }: Pick<Dated, 'termination'>, now: Date): boolean {
  return termination !== undefined && hasBegun(termination.from, termination.timeZone, now);
}

/** The newest approved version whose validity has begun, be it over or not: it has superseded those before it. */
export function currentVersion({ approved }: Pick<Dated, 'approved'>, now: Date): ApprovedVersion | undefined {
  return approved.findLast(({ validity: { from, timeZone } }) => hasBegun(from, timeZone, now));
}

/** The version that is in force, if any: approved by all, in its validity by its own time zone, and not terminated. */
export function versionInForce(agreement: Dated, now: Date): ApprovedVersion | undefined {
  if (isTerminated(agreement, now)) return undefined;
  const current = currentVersion(agreement, now);
  if (current === undefined) return undefined;
  const { to, timeZone } = current.validity;
  return to !== undefined && isOver(to, timeZone, now) ? undefined : current;
}
