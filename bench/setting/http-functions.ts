import { agreementRoutes } from '../../lambdas/agreements/contract.ts';
import { auditRoutes } from '../../lambdas/audit/contract.ts';
import { documentRoutes } from '../../lambdas/documents/contract.ts';
import { calendarRoutes } from '../../lambdas/events/calendar-contract.ts';
import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { programmeRoutes } from '../../lambdas/events/programme-contract.ts';
import { institutionRoutes, systemRoutes } from '../../lambdas/institutions/contract.ts';
import { notificationRoutes } from '../../lambdas/notifications/contract.ts';
import { webhookRoutes } from '../../lambdas/notifications/webhook-contract.ts';
import { portalRoutes } from '../../lambdas/portal/contract.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { trainingRoutes } from '../../lambdas/training/contract.ts';
import { credentialRoutes } from '../../lambdas/training/credential-contract.ts';
import type { EventFacts } from './events.ts';
import type { GrantFacts } from './requests.ts';

/** A function that serves HTTP, and the first request a cold one gets. */
export interface HttpFunction {
  readonly name: string;
  /** Start of its logical id. */
  readonly logicalId: string;
  readonly firstGet: (grant: GrantFacts) => EventFacts;
}

export const HTTP_FUNCTIONS: readonly HttpFunction[] = [
  {
    name: 'portal',
    logicalId: 'PortalHttp',
    firstGet: ({ beneficiary }) => ({ route: portalRoutes.getHealth, sender: beneficiary }),
  },
  {
    name: 'institutions',
    logicalId: 'InstitutionsHttp',
    firstGet: ({ beneficiary }) => ({
      route: institutionRoutes.getInstitution,
      sender: beneficiary,
      params: { institutionId: beneficiary.institutionId },
    }),
  },
  {
    name: 'agreements',
    logicalId: 'AgreementsHttp',
    firstGet: ({ beneficiary }) => ({ route: agreementRoutes.listAgreements, sender: beneficiary }),
  },
  {
    name: 'clients',
    logicalId: 'InstitutionsClients',
    firstGet: ({ beneficiary }) => ({
      route: systemRoutes.listClients,
      sender: beneficiary,
      params: { institutionId: beneficiary.institutionId },
    }),
  },
  {
    name: 'quotas',
    logicalId: 'QuotasHttp',
    firstGet: ({ beneficiary, grantId }) => ({
      route: quotaRoutes.getGrant,
      sender: beneficiary,
      params: { grantId },
    }),
  },
  {
    name: 'accounting',
    logicalId: 'QuotasAccounting',
    firstGet: ({ beneficiary, grantId }) => ({
      route: quotaRoutes.listLedger,
      sender: beneficiary,
      params: { grantId },
    }),
  },
  {
    name: 'training',
    logicalId: 'TrainingHttp',
    firstGet: ({ beneficiary }) => ({ route: trainingRoutes.listProgrammes, sender: beneficiary }),
  },
  {
    name: 'credentials',
    logicalId: 'TrainingCredentials',
    firstGet: ({ beneficiary }) => ({ route: credentialRoutes.getDidDocument, sender: beneficiary }),
  },
  {
    name: 'events',
    logicalId: 'EventsHttp',
    firstGet: ({ beneficiary }) => ({ route: eventsRoutes.listEvents, sender: beneficiary }),
  },
  {
    name: 'programme',
    logicalId: 'EventsProgramme',
    firstGet: ({ beneficiary }) => ({ route: programmeRoutes.reportEvents, sender: beneficiary }),
  },
  {
    name: 'calendar',
    logicalId: 'EventsCalendar',
    firstGet: ({ beneficiary }) => ({ route: calendarRoutes.getCalendar, sender: beneficiary }),
  },
  {
    name: 'audit',
    logicalId: 'AuditHttp',
    firstGet: ({ beneficiary }) => ({ route: auditRoutes.listAudit, sender: beneficiary }),
  },
  {
    name: 'documents',
    logicalId: 'DocumentsHttp',
    firstGet: ({ beneficiary }) => ({ route: documentRoutes.listDocuments, sender: beneficiary }),
  },
  {
    name: 'notifications',
    logicalId: 'NotificationsHttp',
    firstGet: ({ beneficiary }) => ({ route: notificationRoutes.listNotifications, sender: beneficiary }),
  },
  {
    name: 'webhooks',
    logicalId: 'WebhooksHttp',
    firstGet: ({ beneficiary }) => ({ route: webhookRoutes.listWebhooks, sender: beneficiary }),
  },
];
