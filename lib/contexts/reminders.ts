import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

import { accept, MADE_LATER, ONE_ROLE } from '../constructs/accept.ts';
import { ContextFunction } from '../constructs/context-function.ts';
import type { Foundation } from '../constructs/foundation.ts';
import { OwnRole } from '../constructs/own-role.ts';
import { queueEvents, runOnQueue } from '../constructs/triggers.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

export interface RemindersProps {
  /** Folder made by `bundle`. */
  readonly bundle: string;
  readonly foundation: Foundation;
  /** Where bookings' events come from. */
  readonly bus: EventBus;
  /** Reminds of one booking. */
  readonly remind: IFunction;
}

const IMPACT = 'Nobody is reminded of holds and offers before they end.';
const TIMEOUT = Duration.seconds(30);
const ACTIONS = ['CreateSchedule', 'UpdateSchedule', 'GetSchedule', 'DeleteSchedule'];

/** Reminders before holds and offers end: a one-time schedule for each, made and taken away as bookings' events come. */
export class Reminders extends Construct {
  constructor(scope: Construct, id: string, { bundle, foundation, bus, remind }: RemindersProps) {
    super(scope, id);
    const group = new ScheduleGroup(this, 'Group', { removalPolicy: foundation.removalPolicy });
    const role = new OwnRole(this, 'Role', {
      description: 'Reminds of bookings, for EventBridge Scheduler',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    accept(role, ONE_ROLE, 'HIPAA.Security-IAMNoInlinePolicy', 'NIST.800.53.R5-IAMNoInlinePolicy');
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [remind.functionArn] }));

    const events = new WorkQueue(this, 'Events', {
      foundation,
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      maxReceiveCount: 10,
      late: Duration.minutes(10),
      impact: IMPACT,
    });
    queueEvents(this, 'Bookings', bus, ['org.oncology-hub.booking.'], events);
    const { function: reminders } = new ContextFunction(this, 'Schedule', {
      foundation,
      description: 'Sees to it that whoever has a hold or an offer is reminded before it ends',
      impact: IMPACT,
      bundle,
      entry: 'notifications-reminders-handler',
      environment: {
        SCHEDULE_GROUP: group.scheduleGroupName,
        REMIND_FUNCTION_ARN: remind.functionArn,
        SCHEDULE_ROLE_ARN: role.roleArn,
      },
      timeout: TIMEOUT,
    });
    const { region, account } = Stack.of(this);
    const schedules = (of: string): string => `arn:aws:scheduler:${region}:${of}:schedule/${group.scheduleGroupName}/*`;
    reminders.addToRolePolicy(
      new PolicyStatement({
        actions: ACTIONS.map((action) => `scheduler:${action}`),
        resources: [schedules(account)],
      }),
    );
    // The report has this for an account that only the deployment knows.
    const known = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    accept(this, MADE_LATER, `AwsSolutions-IAM5[Resource::${schedules(known)}]`);
    // Nobody but the service itself can take this role.
    reminders.addToRolePolicy(new PolicyStatement({ actions: ['iam:PassRole'], resources: [role.roleArn] }));
    runOnQueue(reminders, events, 10);
  }
}
