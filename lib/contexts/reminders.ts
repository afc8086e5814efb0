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
  /** Where events come from. */
  readonly bus: EventBus;
  /** Each reminds of one. */
  readonly remind: { readonly booking: IFunction; readonly application: IFunction; readonly registration: IFunction };
}

const IMPACT = 'Nobody is reminded of holds, offers, seats and places to take before they end.';
const TIMEOUT = Duration.seconds(30);
const ACTIONS = ['CreateSchedule', 'UpdateSchedule', 'GetSchedule', 'DeleteSchedule'];

/** Reminders before holds, offers and seats end: a one-time schedule for each, made and taken away as events come. */
export class Reminders extends Construct {
  constructor(scope: Construct, id: string, { bundle, foundation, bus, remind }: RemindersProps) {
    super(scope, id);
    const group = new ScheduleGroup(this, 'Group', { removalPolicy: foundation.removalPolicy });
    const role = new OwnRole(this, 'Role', {
      description: 'Reminds of deadlines, for EventBridge Scheduler',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    accept(role, ONE_ROLE, 'HIPAA.Security-IAMNoInlinePolicy', 'NIST.800.53.R5-IAMNoInlinePolicy');
    const functions = [remind.booking, remind.application, remind.registration];
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(({ functionArn }) => functionArn),
      }),
    );

    const events = new WorkQueue(this, 'Events', {
      foundation,
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      maxReceiveCount: 10,
      late: Duration.minutes(10),
      impact: IMPACT,
    });
    const types = ['org.oncology-hub.booking.', 'org.oncology-hub.application.', 'org.oncology-hub.registration.'];
    queueEvents(this, 'Bookings', bus, types, events);
    const { function: reminders } = new ContextFunction(this, 'Schedule', {
      foundation,
      description: 'Sees to it that whoever has a hold, an offer or a seat is reminded before it ends',
      impact: IMPACT,
      bundle,
      entry: 'notifications-reminders-handler',
      environment: {
        SCHEDULE_GROUP: group.scheduleGroupName,
        REMIND_BOOKING_ARN: remind.booking.functionArn,
        REMIND_APPLICATION_ARN: remind.application.functionArn,
        REMIND_REGISTRATION_ARN: remind.registration.functionArn,
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
