import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { notificationRoutes } from '../../lambdas/notifications/contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnStream } from '../constructs/triggers.ts';

export interface NotificationsContextProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** What has happened, by whom it concerns. */
  readonly audit: ContextTable;
}

const IMPACT =
  'Partners are not told what has happened: an offer may lapse before anybody knows of it. What waits is told late.';

/** Telling partners what concerns them: events out of the audit, in a feed and on a bus. */
export class NotificationsContext extends Construct {
  readonly table: ContextTable;
  /** Every event, as CloudEvents. Admins connect to it what else they have. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: NotificationsContextProps) {
    super(scope, id);
    const { bundle, foundation, http, cursors, audit } = props;
    this.table = new ContextTable(this, 'Data', {
      foundation,
      impact: 'Partners cannot read what has happened, and are not told.',
    });
    const { table } = this.table;
    this.bus = new EventBus(this, 'Bus', {
      description: 'What partners of the Oncology Collaboration Hub are told of, as CloudEvents',
      kmsKey: foundation.key,
    });

    const { function: handler } = new ContextFunction(this, 'Http', {
      foundation,
      description: 'Shows institutions what has happened that concerns them',
      impact: 'Partners who ask for what has happened are not told.',
      bundle,
      entry: 'notifications-handler',
      environment: {
        TABLE_NAME: table.tableName,
        CURSOR_SECRET: cursors.value,
        REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient),
      },
    });
    mayUse(table, handler, { GetItem: ['SHUT-OUT'], Query: ['FEED#*'], UpdateItem: ['RATE#*'] });
    http.serve(notificationRoutes, handler);

    const { function: publish } = new ContextFunction(this, 'Publish', {
      foundation,
      description: 'Tells institutions what happens that concerns them',
      impact: IMPACT,
      bundle,
      entry: 'notifications-publish-handler',
      environment: { TABLE_NAME: table.tableName, BUS_NAME: this.bus.eventBusName },
    });
    mayUse(table, publish, { PutItem: ['FEED#*', 'PARTNER#*'], UpdateItem: ['SHUT-OUT'] });
    this.bus.grantPutEventsTo(publish);
    runOnStream(publish, {
      foundation,
      table: audit.table,
      filters: [{ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'CHAIN#' }] } } } }],
      impact: IMPACT,
    });
  }
}
