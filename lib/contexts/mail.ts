import { CfnOutput, Duration } from 'aws-cdk-lib';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { MAILED_EVENT_TYPES, mailRoutes } from '../../lambdas/notifications/mail-contract.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import { type ContextTable, mayUse } from '../constructs/context-table.ts';
import type { Foundation } from '../constructs/foundation.ts';
import type { ContractHttpApi } from '../constructs/http-api.ts';
import { MailSender } from '../constructs/mail-sender.ts';
import { SigningSecret } from '../constructs/signing-secret.ts';
import { runOnQueue, runOnSchedule } from '../constructs/triggers.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

export interface MailProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  readonly http: ContractHttpApi;
  /** The notifications' table. */
  readonly table: ContextTable;
  /** Where events come from. */
  readonly bus: EventBus;
  /** Whom to write to. */
  readonly institutions: ContextTable;
}

/** EventBridge takes patterns of up to 2048 characters. */
const TYPES_IN_A_RULE = 40;
const IMPACT =
  'People at partners are not mailed what concerns them: an offer may lapse unseen. The feed tells it to those who ask.';

/** What one run may take. */
const TIMEOUT = Duration.seconds(30);
/** Batches at once: as much as an account of SES that is new takes in a second. */
const AT_ONCE = 2;

/** Mail to the contacts of institutions: what cannot wait at once, the rest at once or once a day, as each likes it. */
export class Mail extends Construct {
  readonly #props: MailProps;
  readonly #secret: SigningSecret;

  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    this.#props = props;
    this.#secret = new SigningSecret(this, 'Secret', {
      foundation: props.foundation,
      description: 'Signs the links that end mail, and stands for addresses in the table',
    });
    this.#serve();
    const { mail } = props.foundation.stage;
    new CfnOutput(this, 'From', { value: mail?.sender ?? 'Nobody is mailed: the stage has no setting `mail`.' });
    if (mail !== undefined) this.#send(new MailSender(this, 'Sender', mail));
  }

  /** Also without a sender: who has mail from before can end it. */
  #serve(): void {
    const { bundle, foundation, http, table } = this.#props;
    const { function: handler } = new ContextFunction(this, 'Unsubscribe', {
      foundation,
      description: 'The page behind the link that ends mail',
      impact: 'People who want less mail cannot say so by the link in it.',
      bundle,
      entry: 'notifications-unsubscribe-handler',
      environment: { TABLE_NAME: table.table.tableName, MAIL_SECRET: this.#secret.value },
    });
    mayUse(table.table, handler, { PutItem: ['MAILBOX#*'] });
    http.serve(mailRoutes, handler);
  }

  #send(sender: MailSender): void {
    const { foundation, bus, table } = this.#props;
    const queue = new WorkQueue(this, 'Events', {
      foundation,
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      // An hour: SES may ask to slow down.
      maxReceiveCount: 20,
      late: Duration.minutes(15),
      impact: IMPACT,
    });
    const targets = [new SqsQueue(queue.queue, { deadLetterQueue: this.#props.foundation.deadLetters.queue })];
    // The library's own interface of a bus is not what its bus is.
    const eventBus = EventBus.fromEventBusArn(this, 'Bus', bus.eventBusArn);
    for (let first = 0; first < MAILED_EVENT_TYPES.length; first += TYPES_IN_A_RULE) {
      new Rule(this, first === 0 ? 'ToQueue' : `ToQueue${String(first)}`, {
        description: 'What people at partners are mailed of',
        eventBus,
        eventPattern: {
          source: ['org.oncology-hub'],
          detailType: MAILED_EVENT_TYPES.slice(first, first + TYPES_IN_A_RULE),
        },
        targets,
      });
    }
    new Rule(this, 'Feedback', {
      description: 'Mail of the Hub that came back, or was complained of',
      eventBus: EventBus.fromEventBusName(this, 'DefaultBus', 'default'),
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Bounced', 'Email Complaint Received'],
        detail: { mail: { tags: { 'ses:configuration-set': [sender.configurationSet.configurationSetName] } } },
      },
      targets,
    });
    const mail = this.#function('Mailer', 'mail-handler', 'Mails people what concerns their institution', TIMEOUT);
    mayUse(table.table, mail, { Query: ['MAILBOX#*'], PutItem: ['DIGEST', 'MAIL#*', 'MAILBOX#*'] });
    runOnQueue(mail, queue, 10, AT_ONCE);

    const digest = this.#function('Digest', 'digest-handler', 'Mails what can wait, once a day', Duration.minutes(1));
    mayUse(table.table, digest, { Query: ['DIGEST', 'MAILBOX#*'], DeleteItem: ['DIGEST'] });
    runOnSchedule(this, 'DigestSchedule', digest, Schedule.rate(Duration.days(1)));
    for (const each of [mail, digest]) sender.grantSend(each);
  }

  #function(id: string, entry: string, description: string, timeout: Duration): Lambda {
    const { bundle, foundation, http, table, institutions } = this.#props;
    const { function: handler } = new ContextFunction(this, id, {
      foundation,
      description,
      impact: IMPACT,
      bundle,
      entry: `notifications-${entry}`,
      environment: {
        TABLE_NAME: table.table.tableName,
        INSTITUTIONS_TABLE_NAME: institutions.table.tableName,
        MAIL_SECRET: this.#secret.value,
        API_URL: http.url,
      },
      timeout,
    });
    // Whom to write to, and in which time zone; nothing else of the registry.
    mayUse(institutions.table, handler, { GetItem: ['CONTACTS#*', 'INSTITUTION'] });
    return handler;
  }
}
