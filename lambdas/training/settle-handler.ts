import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { settleLate } from '../shared/capacity/settle.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import { readApplication } from './applications-table.ts';
import { cancelApplications } from './cancelling.ts';
import { readCohort } from './cohorts-table.ts';
import { portsOn } from './ports.ts';
import { releaseTravelGrant } from './releasing.ts';

const ports = portsOn(deployedTable());
const claims = applicationsAsClaims(ports);

/** An application that needs a seat has none in its cohort's account: only an operator can judge how that came about. */
class ApplicationWithoutSeat extends Error {
  override readonly name = 'ApplicationWithoutSeat';
}

/**
 * Follows what becomes of applications, and settles their accounts once more, for requests that died between two writes. The
 * application is read again, so that a late record never brings an old state back.
 */
async function settle(id: string): Promise<void> {
  const application = await ports.applications.get(id);
  if (application === undefined || (await settleLate(claims, application))) return;
  // It may have ended between the two: then its seat is rightly gone.
  const now = await ports.applications.get(id);
  // Reported, not repeated: trying again would only hold up the records behind it.
  if (now?.version === application.version) {
    logJobFailure('training-settle', new ApplicationWithoutSeat(), { id, counts: { CapacityDrift: 1 } });
  }
}

/** The same for cohorts that are cancelled: ends their applications. Who no longer travels gets no money to. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('training-settle', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    if (item['sk'] === 'COHORT') {
      await cancelApplications(ports, readCohort(item).id);
      return;
    }
    const application = readApplication(item);
    await settle(application.id);
    await releaseTravelGrant(ports, application);
  });
}
