import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { webhookRoutes } from '../../lambdas/notifications/webhook-contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { type ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { hubMetric } from '../constructs/metric.ts';
import type { SigningSecret } from '../constructs/signing-secret.ts';
import { queueEvents, runOnQueue, runOnStream } from '../constructs/triggers.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

export interface WebhooksProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  readonly cursors: SigningSecret;
  /** The notifications' table. */
  readonly table: ContextTable;
  /** Where events come from. */
  readonly bus: EventBus;
}

const IMPACT = 'Partners’ systems are not called when something happens; the feed tells it to those who ask.';

/** What one function may take. A call of a receiver takes ten seconds at most. */
const TIMEOUT = Duration.seconds(30);
const HIDDEN = Duration.seconds(6 * TIMEOUT.toSeconds());

/** Calling partners' systems: who is to be called, and every call until it was taken. */
export class Webhooks extends Construct {
  readonly #props: WebhooksProps;
  readonly #deliveries: WorkQueue;

  constructor(scope: Construct, id: string, props: WebhooksProps) {
    super(scope, id);
    this.#props = props;
    const { foundation, bus } = props;
    const events = new WorkQueue(this, 'Events', {
      foundation,
      visibilityTimeout: HIDDEN,
      maxReceiveCount: 10,
      late: Duration.minutes(15),
      impact: IMPACT,
    });
    this.#deliveries = new WorkQueue(this, 'Deliveries', {
      foundation,
      visibilityTimeout: HIDDEN,
      // Three days of attempts are fourteen; the rest is for functions that were killed.
      maxReceiveCount: 50,
      late: Duration.minutes(15),
      impact: IMPACT,
    });
    queueEvents(this, 'ToQueue', bus, ['org.oncology-hub.'], events);

    this.#serve();
    runOnQueue(this.#dispatch(), events, 10);
    runOnQueue(this.#deliver(), this.#deliveries, 5);
    this.#resume();
    foundation.alarms.raise(this, 'ReceiverDisabled', {
      metric: hubMetric(foundation.stage, 'WebhooksDisabled', 'Sum'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      when: [1, 1],
      // It is counted only when it happens.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      impact: 'A partner’s system is not called any more, and may not know of it.',
      runbook: 'respond-to-a-disabled-receiver',
    });
  }

  #function(
    id: string,
    entry: string,
    description: string,
    environment: Readonly<Record<string, string>> = {},
    impact = IMPACT,
  ): Lambda {
    const { bundle, foundation, table } = this.#props;
    const { function: handler } = new ContextFunction(this, id, {
      foundation,
      description,
      impact,
      bundle,
      entry: `notifications-${entry}`,
      environment: {
        TABLE_NAME: table.table.tableName,
        DELIVERIES_URL: this.#deliveries.queue.queueUrl,
        ...environment,
      },
      timeout: id === 'Http' ? Duration.seconds(10) : TIMEOUT,
    });
    return handler;
  }

  #serve(): void {
    const { foundation, http, cursors, table } = this.#props;
    const handler = this.#function(
      'Http',
      'webhooks-handler',
      'Webhooks of partners, and what was delivered to them',
      { CURSOR_SECRET: cursors.value, REQUESTS_PER_CLIENT: String(foundation.stage.throttle.perClient) },
      'Partners cannot look after their webhooks; those there are are called.',
    );
    // It makes keys, and cannot read them.
    mayUse(table.table, handler, {
      GetItem: ['DELIVERIES#*', 'REQUEST#*', 'SHUT-OUT', 'WEBHOOKS#*'],
      Query: ['DELIVERIES#*', 'WEBHOOKS#*'],
      PutItem: ['DELIVERIES#*', 'REMOVED#*', 'REQUEST#*', 'SIGNING#*', 'WEBHOOKS#*'],
      UpdateItem: ['RATE#*', 'SIGNING#*', 'WEBHOOK-IDS#*'],
      DeleteItem: ['SIGNING#*', 'WEBHOOKS#*'],
    });
    this.#deliveries.queue.grant(handler, 'sqs:SendMessage');
    http.serve(webhookRoutes, handler);
  }

  #dispatch(): Lambda {
    const handler = this.#function('Dispatch', 'dispatch-handler', 'Finds the webhooks that are told of an event');
    mayUse(this.#props.table.table, handler, {
      GetItem: ['DELIVERIES#*', 'SHUT-OUT', 'WEBHOOKS#*'],
      Query: ['WEBHOOKS#*'],
      PutItem: ['DELIVERIES#*', 'WAITING#*'],
    });
    this.#deliveries.queue.grant(handler, 'sqs:SendMessage');
    return handler;
  }

  #deliver(): Lambda {
    const handler = this.#function('Deliver', 'deliver-handler', 'Calls webhooks, again until they answer');
    mayUse(this.#props.table.table, handler, {
      GetItem: ['DELIVERIES#*', 'SHUT-OUT', 'WEBHOOKS#*'],
      Query: ['SIGNING#*'],
      PutItem: ['DELIVERIES#*', 'WAITING#*', 'WEBHOOKS#*'],
      DeleteItem: ['WAITING#*'],
    });
    this.#deliveries.queue.grant(handler, 'sqs:ChangeMessageVisibility');
    return handler;
  }

  #resume(): void {
    const { foundation, table } = this.#props;
    const handler = this.#function('Resume', 'resume-handler', 'Sends what has waited for a webhook');
    mayUse(table.table, handler, { Query: ['WAITING#*', 'WEBHOOKS#*'] });
    this.#deliveries.queue.grant(handler, 'sqs:SendMessage');
    runOnStream(handler, {
      foundation,
      table: table.table,
      filters: [
        {
          eventName: ['MODIFY'],
          dynamodb: {
            Keys: { pk: { S: [{ prefix: 'WEBHOOKS#' }] } },
            NewImage: { status: { S: ['active'] } },
            OldImage: { status: { S: ['disabled'] } },
          },
        },
        { eventName: ['MODIFY'], dynamodb: { Keys: { pk: { S: ['SHUT-OUT'] } } } },
      ],
      impact: 'What has waited for a webhook that is active again is not sent.',
    });
  }
}
