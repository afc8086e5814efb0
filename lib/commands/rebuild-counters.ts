import type { AccountingPorts } from '../../lambdas/quotas/accounting-ports.ts';
import { bookingsAsClaims } from '../../lambdas/quotas/bookings-as-claims.ts';
import type { Finding } from '../../lambdas/quotas/findings.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import { readRecords, type StoredRecords } from '../../lambdas/quotas/ledger-operations.ts';
import { entitlementOf } from '../../lambdas/quotas/model.ts';
import { placeOf } from '../../lambdas/quotas/waiting.ts';
import type { Segment } from '../../lambdas/shared/capacity/account.ts';
import { secondsOf } from '../../lambdas/shared/capacity/claim.ts';
import { subjectKey } from '../../lambdas/shared/capacity/holder.ts';
import { isSameSegment, rebuiltAccount } from '../../lambdas/shared/capacity/rebuild.ts';
import { writeRebuilt } from '../../lambdas/shared/capacity/rebuild-table.ts';
import type { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';

/** What is wrong with an account alone: the ledger says what it has to be. */
const OF_THE_ACCOUNT: readonly Finding['kind'][] = [
  'account-differs-from-grant',
  'account-differs-from-booking',
  'holder-without-booking',
  'segment-miscounted',
  'segment-unreadable',
];

/** Milliseconds in which a request that took a unit writes its booking, or never. */
const REQUESTS_LIVE = 60_000;
const MAX_ATTEMPTS = 20;

export interface Rebuild {
  /** The segments that were wrong: as they were, if they could be read, and as they have to be. */
  readonly changes: readonly { readonly before: Segment | undefined; readonly after: Segment }[];
  /** What keeps the counters from being rebuilt. */
  readonly obstacles: readonly (Finding | 'over-committed' | 'busy')[];
}

/**
 * Makes a grant's account what its ledger says, exactly.
 *
 * The bookings say who holds what: that they say what the ledger says is looked at first. All segments that differ are
 * written in one transaction, on the condition that they are as they were read. What a booking did in between shows in
 * its item: so it is done again until nothing differs any more.
 * @param dryRun only say what would be changed
 * @returns `undefined` when there is no such grant
 */
export async function rebuildCounters(
  ports: AccountingPorts,
  table: SingleTable,
  grantId: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Rebuild | undefined> {
  const written = new Map<number, Rebuild['changes'][number]>();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const records = await readRecords(ports, grantId);
    if (records === undefined) return undefined;
    const obstacles = auditGrant(records, ports.now()).filter(
      ({ kind, young }) => !young && !OF_THE_ACCOUNT.includes(kind),
    );
    const due = obstacles.length > 0 ? undefined : dueAccount(ports, records);
    if (due === undefined) {
      return { changes: [...written.values()], obstacles: obstacles.length > 0 ? obstacles : ['over-committed'] };
    }
    const before = new Map(records.account.map((segment) => [segment.number, segment]));
    const changes = due.flatMap((after) => {
      const there = before.get(after.number);
      return there !== undefined && isSameSegment(there, after) ? [] : [{ before: there, after }];
    });
    if (changes.length === 0 || dryRun) return { changes: dryRun ? changes : [...written.values()], obstacles: [] };
    const segments = changes.map(({ after }) => after);
    if (await writeRebuilt(table, accountKey(grantId), records, records.grant, segments)) {
      for (const change of changes) {
        const { number } = change.after;
        written.set(number, {
          before: written.has(number) ? written.get(number)?.before : change.before,
          after: change.after,
        });
      }
    }
  }
  return { changes: [...written.values()], obstacles: ['busy'] };
}

/** @returns `undefined` when more is committed than the grant is entitled to */
function dueAccount(
  ports: AccountingPorts,
  { grant, account, bookings }: StoredRecords,
): readonly Segment[] | undefined {
  const { holderOf } = bookingsAsClaims(ports);
  const waits = bookings.find((booking) => placeOf(booking) !== undefined);
  return rebuiltAccount(account, {
    entitled: entitlementOf(grant),
    reserved: grant.paediatricReserve?.units ?? 0,
    queue: waits && subjectKey(waits.id),
    closed: grant.status !== 'active',
    holders: bookings.flatMap((booking) => {
      const { segment, ageBand } = booking;
      const holder = holderOf(booking);
      return holder === undefined || segment === undefined ? [] : [{ segment, holder, reserve: ageBand === '0-17' }];
    }),
    madeAt: secondsOf(ports.now()),
    mayStay: ({ takenAt = 0 }) => ports.now().getTime() - takenAt * 1000 < REQUESTS_LIVE,
  });
}
