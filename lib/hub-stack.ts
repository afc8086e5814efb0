import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { BUNDLES } from './bundles.ts';
import { HubDashboard } from './constructs/dashboard.ts';
import { DocumentBucket } from './constructs/document-bucket.ts';
import { Foundation } from './constructs/foundation.ts';
import { ContractHttpApi } from './constructs/http-api.ts';
import { Identity } from './constructs/identity.ts';
import { Objectives } from './constructs/objectives.ts';
import { SigningSecret } from './constructs/signing-secret.ts';
import { AgreementsContext } from './contexts/agreements.ts';
import { AuditContext } from './contexts/audit.ts';
import { DocumentsContext } from './contexts/documents.ts';
import { EventsContext } from './contexts/events.ts';
import { InstitutionsContext } from './contexts/institutions.ts';
import { Mail } from './contexts/mail.ts';
import { NotificationsContext } from './contexts/notifications.ts';
import { PortalContext } from './contexts/portal.ts';
import { QuotasContext } from './contexts/quotas.ts';
import { Reminders } from './contexts/reminders.ts';
import { TrainingContext } from './contexts/training.ts';
import { Webhooks } from './contexts/webhooks.ts';
import type { StageConfig } from './stage-config.ts';

/** The whole Hub, for one stage. Composition only: what each part is made of is said in its construct. */
export class HubStack extends Stack {
  constructor(scope: Construct, config: StageConfig) {
    super(scope, `OncologyHub-${config.stage}`, {
      description: `Oncology Collaboration Hub, ${config.stage}`,
      env: { region: config.region, ...(config.account === undefined ? {} : { account: config.account }) },
      terminationProtection: config.keepData,
      tags: { application: 'oncology-collaboration-hub', stage: config.stage },
    });
    const foundation = new Foundation(this, 'Foundation', config);
    const identity = new Identity(this, 'Identity', foundation);
    const http = new ContractHttpApi(this, 'HttpApi', { foundation, identity });
    const cursors = new SigningSecret(this, 'CursorSecret', { foundation, description: 'Signs the cursors of lists' });

    const bucket = new DocumentBucket(this, 'Documents', foundation);
    new PortalContext(this, 'Portal', { bundle: BUNDLES.portal, foundation, http, identity });
    const { table: registry } = new InstitutionsContext(this, 'Institutions', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      identity,
    });
    const { table: agreements } = new AgreementsContext(this, 'Agreements', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      institutions: registry,
    });
    const { table: quotas, remind: booking } = new QuotasContext(this, 'Quotas', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      agreements,
    });

    const documents = new DocumentsContext(bucket, { bundle: BUNDLES.contexts, foundation, http, cursors });

    const trainingContext = new TrainingContext(this, 'Training', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      agreements,
    });

    const { table: training, remind: application } = trainingContext;
    const { table: events, remind: registration } = new EventsContext(this, 'Events', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      training,
    });

    trainingContext.follow(events);

    const audit = new AuditContext(this, 'Audit', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      bucket,
      institutions: registry,
      agreements,
      quotas,
      documents: documents.table,
      training,
      events,
    });
    documents.follow(audit.table);
    const { table: feed, bus } = new NotificationsContext(this, 'Notifications', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      cursors,
      audit: audit.table,
    });
    new Mail(this, 'Mail', {
      bundle: BUNDLES.contexts,
      foundation,
      http,
      table: feed,
      bus,
      institutions: registry,
    });
    const remind = { booking, application, registration };
    new Reminders(this, 'Reminders', { bundle: BUNDLES.contexts, foundation, bus, remind });
    audit.followWebhooks(feed);
    new Webhooks(this, 'Webhooks', { bundle: BUNDLES.contexts, foundation, http, cursors, table: feed, bus });

    new Objectives(this, 'Objectives', { foundation, api: http.api });
    foundation.jointAlarms.raise(foundation.alarms);
    new HubDashboard(this, 'Dashboard', { foundation, api: http.api });
  }
}
