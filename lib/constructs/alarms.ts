import { ArnFormat, Aws, NestedStack, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  type AlarmProps,
  CompositeAlarm,
  type IAlarm,
  type IAlarmRule,
  type IMetric,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

import type { StageConfig } from '../stage-config.ts';
import { accept, FAILURES_ARE_SEEN } from './accept.ts';

/** What whoever gets an alarm reads first. */
export interface Meaning {
  /** What people cannot do because of it, in a sentence. */
  readonly impact: string;
  /** The section of docs/operations.md that helps, as its anchor. */
  readonly runbook: `respond-to-${string}`;
}

/** What is watched. What the absence of data means is said for each: there is no safe default. */
interface Condition {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparisonOperator: NonNullable<AlarmProps['comparisonOperator']>;
  /** How many of how many periods must be bad. */
  readonly when: readonly [bad: number, of: number];
  readonly treatMissingData: NonNullable<AlarmProps['treatMissingData']>;
}

export type MetricAlarmProps = Condition & Meaning;

export interface AlarmsProps {
  readonly stage: StageConfig;
  readonly key: Key;
}

/**
 * Who is told when something is wrong, and the only way to make an alarm that tells them. What watches is in a stack of its
 * own, within that of what is watched: a stack takes five hundred resources.
 */
export class Alarms extends Construct {
  /** For all that watches. */
  readonly watch: Construct;
  readonly #topic: Topic;
  readonly #names: string[] = [];
  /** For emulators of CloudFormation that know neither alarms on expressions, nor alarms on alarms, nor stacks in stacks (`-c plainAlarmsOnly=true`). */
  readonly #plainOnly: boolean;

  constructor(scope: Construct, id: string, { stage, key }: AlarmsProps) {
    super(scope, id);
    this.#plainOnly = String(this.node.tryGetContext('plainAlarmsOnly')) === 'true';
    this.watch = this.#plainOnly ? new Construct(this, 'Watch') : new NestedStack(this, 'Watch');
    this.#topic = new Topic(this, 'Topic', {
      displayName: `Oncology Collaboration Hub, ${stage.stage}`,
      masterKey: key,
      enforceSSL: true,
    });
    for (const address of stage.alarmRecipients) {
      accept(
        this.#topic.addSubscription(new EmailSubscription(address)),
        FAILURES_ARE_SEEN,
        'Serverless-SNSRedrivePolicy',
      );
    }
    this.#letCloudWatchPublish(key);
  }

  /** All alarms so far that tell somebody, to be shown. */
  get shown(): IAlarm[] {
    return this.#names.map((name) => Alarm.fromAlarmArn(this, name, this.#arnOf(name)));
  }

  /** Tells the recipients when a metric goes bad, and when it is good again. */
  raise(scope: Construct, id: string, props: MetricAlarmProps): void {
    if (this.#plainOnly && props.metric instanceof MathExpression) return;
    const name = this.#nameFor(scope, id);
    const alarm = new Alarm(this.watch, name, {
      ...settingsOf(props),
      alarmName: name,
      alarmDescription: describe(props),
    });
    this.#tell(alarm);
  }

  /**
   * Tells the recipients when parts come together.
   * @param rule made of alarms that `part` makes
   */
  raiseWhen(scope: Construct, id: string, rule: () => IAlarmRule, meaning: Meaning): void {
    if (this.#plainOnly) return;
    const name = this.#nameFor(scope, id);
    const alarm = new CompositeAlarm(this.watch, name, {
      compositeAlarmName: name,
      alarmDescription: describe(meaning),
      alarmRule: rule(),
    });
    this.#tell(alarm);
  }

  /** An alarm that tells nobody that it goes off: only that it cannot be judged, for then the whole is not watched. */
  part(scope: Construct, id: string, condition: Condition & { readonly description: string }): Alarm {
    const name = [...scope.node.path.split('/').slice(1), id].join('-');
    const alarm = new Alarm(this.watch, name, { ...settingsOf(condition), alarmDescription: condition.description });
    alarm.addInsufficientDataAction(new SnsAction(this.#topic));
    return alarm;
  }

  #tell(alarm: AlarmBase): void {
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  /** A name that says in a message's subject which part of which stage is concerned. */
  #nameFor(scope: Construct, id: string): string {
    const name = [...scope.node.path.split('/').filter((part) => part !== 'Function' && part !== 'Default'), id].join(
      '-',
    );
    this.#names.push(name);
    return name;
  }

  #arnOf(resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Without both permissions an alarm goes off and nobody hears it. */
  #letCloudWatchPublish(key: Key): void {
    const cloudWatch = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': this.#arnOf('*') },
      },
    };
    this.#topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        actions: ['sns:Publish'],
        resources: [this.#topic.topicArn],
        ...cloudWatch,
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        ...cloudWatch,
      }),
    );
  }
}

function settingsOf({
  metric,
  threshold,
  comparisonOperator,
  treatMissingData,
  when: [bad, of],
}: Condition): AlarmProps {
  return {
    metric,
    threshold,
    comparisonOperator,
    treatMissingData,
    evaluationPeriods: of,
    datapointsToAlarm: bad,
  };
}

function describe({ impact, runbook }: Meaning): string {
  return `${impact} What to do: docs/operations.md#${runbook}`;
}
