import { describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { DEPLOYED, hasUsed, hub } from '../support/hub.ts';
import type { OperationId } from '../support/routes.ts';

/**
 * A client that is busy and may be so: each function counts its requests together with its other instances, in its own
 * table. What happens to one that sends too much is in `tests/faults/runaway.test.ts`, on a hub with a lower limit.
 */

/** More than a tenth of what the stage `dev` lets one client send in a window. */
const BUSY = 230;

describe.skipIf(DEPLOYED)('a busy client', () => {
  test.each<[string, OperationId, string?]>([
    ['InstitutionsHttp', 'getMe'],
    ['InstitutionsClients', 'listClients'],
    ['AgreementsHttp', 'listAgreements'],
    ['DocumentsHttp', 'listDocuments'],
    ['TrainingHttp', 'listProgrammes'],
    ['EventsHttp', 'listEvents'],
    ['EventsCalendar', 'listCalendarLinks'],
    ['EventsProgramme', 'getTimetable', 'not-found'],
    // One of the few there that a client asks for by its name: what is counted is the request, whatever it finds.
    ['TrainingCredentials', 'getCertificate', 'not-found'],
    ['QuotasHttp', 'listPools'],
    ['QuotasAccounting', 'listLoanBalances'],
    ['AuditHttp', 'listAudit'],
    ['NotificationsHttp', 'listNotifications'],
    ['WebhooksHttp', 'listWebhooks'],
  ])('is counted by %s and let pass', { timeout: 90_000 }, async (lambda, operationId, answer = '200') => {
    const institutionId = await hub.spareInstitution();
    const client = api(institutionId);
    const send = () =>
      client.call(operationId, { params: { institutionId, credentialId: institutionId, eventId: institutionId } });
    // They may fall into two windows, and then be too few in each.
    await expect
      .poll(
        async () => {
          const codes = new Set<string>();
          for (let request = 0; request < BUSY; request += 23) {
            for (const { code } of await Promise.all(Array.from({ length: 23 }, send))) codes.add(code);
          }
          expect([...codes]).toEqual([answer]);
          return hasUsed(lambda, 'UpdateItem', 'RATE#*');
        },
        { timeout: 60_000 },
      )
      .toBe(true);
  });
});
