import type { Deployed } from './deployed.ts';
import type { Measured } from './measure.ts';
import { EVENT_MESSAGES, QUEUE_REQUESTS } from './notifications.ts';
import { FREE_ACTIVE_USERS, PRICES } from './prices.ts';
import { type Invocation, loggedBytes, priceOf } from './request.ts';
import type { Work } from './work.ts';

/** What a stage has to do in a month. */
export interface Load {
  readonly bookings: number;
  /** Requests that only read, for each booking. */
  readonly readsPerBooking: number;
  /** Mails sent for each booking. */
  readonly mailsPerBooking: number;
  /** Grants that the sweep visits. */
  readonly grants: number;
  /** People who sign in. */
  readonly users: number;
  /** Systems of partners, each with a client and a token an hour. */
  readonly systems: number;
  /** Months of bookings that are stored. */
  readonly months: number;
  /** GB of documents. */
  readonly documents: number;
}

export interface Item {
  readonly service: string;
  readonly what: string;
  /** USD a month, whatever is done. */
  readonly fixed: number;
  /** USD a month for what is done. */
  readonly byUse: number;
}

const HOURS = 730;
const SWEEPS = HOURS * 60;
const GB = 1e9;
/** A booking is confirmed, begins, and ends. */
export const STEPS = 3;
const CHANGES = 1 + STEPS;
/** A change of a booking concerns the beneficiary and the provider. */
const TOLD = 2;
/** Messages of a notification: those of its event, and the delivery to a webhook. */
const QUEUED = EVENT_MESSAGES + 1;
/** A table's key is asked for anew after five minutes, by each function that is busy: an estimate of the ceiling. */
const KEY_REQUESTS = HOURS * 12;

const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** What there is to pay, by service. */
export function billOf(load: Load, deployed: Deployed, measured: Measured): Item[] {
  const { bookings, grants } = load;
  const invocation = (work: Work, gateway: boolean): Invocation => ({
    ...work,
    memoryMB: deployed.memoryMB,
    platformLog: deployed.platformLog,
    accessLogBytes: gateway ? deployed.accessLogBytes : undefined,
  });
  const { notifications } = measured;
  const told = [notifications.publish, notifications.dispatch, notifications.deliver, notifications.mail];
  const notified = bookings * CHANGES * TOLD;
  const mails = bookings * load.mailsPerBooking;
  const sweep = sweepOf(measured, grants);
  /** Kinds of invocations, how often a month, and whether by use. */
  const kinds: readonly (readonly [Invocation, number, boolean])[] = [
    [invocation(measured.hold, true), bookings, true],
    [invocation(measured.step, true), bookings * STEPS, true],
    [invocation(measured.read, true), bookings * load.readsPerBooking, true],
    [invocation(measured.settle, false), bookings * STEPS, true],
    [invocation(notifications.audit, false), bookings * CHANGES, true],
    ...told.map((each) => [invocation(each, false), notified, true] as const),
    [invocation(sweep, false), SWEEPS, false],
  ];
  const sum = (of: (each: Invocation) => number, byUse: boolean): number =>
    kinds.reduce((total, [each, times, use]) => total + (use === byUse ? of(each) * times : 0), 0);
  const item = (service: string, what: string, of: (each: Invocation) => number): Item => ({
    service,
    what,
    fixed: sum(of, false),
    byUse: sum(of, true),
  });
  const flat = (service: string, what: string, fixed: number): Item => ({ service, what, fixed, byUse: 0 });
  const used = (service: string, what: string, byUse: number): Item => ({ service, what, fixed: 0, byUse });

  const requests = bookings * (1 + STEPS + load.readsPerBooking);
  const stored = (bookings * load.months * measured.storedBytes) / GB;
  const logged = (byUse: boolean): number => sum(loggedBytes, byUse) / GB;
  const kept = (deployed.logRetentionDays / 30) * PRICES.logGigabyteMonth;
  const clients = Math.max(load.systems, deployed.systemClients);
  const written = (byUse: boolean): number => sum(({ wcu }) => wcu, byUse);
  return [
    used('API Gateway', `${number(requests)} requests`, requests * PRICES.apiRequest),
    item(
      'Lambda',
      `${number(requests + bookings * (STEPS + CHANGES) + notified * told.length)} invocations for bookings, ${number(SWEEPS)} of the sweep`,
      (each) => priceOf(each).invocations,
    ),
    item('Lambda', `computing time, ${String(deployed.memoryMB)} MB`, (each) => priceOf(each).duration),
    item('DynamoDB', `${number(written(true) + written(false))} write units`, (each) => priceOf(each).writes),
    item('DynamoDB', 'read units; the sweep’s are fixed', (each) => priceOf(each).reads),
    used(
      'DynamoDB',
      `${stored.toFixed(3)} GB of bookings stored, after ${number(load.months)} months`,
      stored * PRICES.tableGigabyteMonth,
    ),
    used('DynamoDB', 'the same, restorable to any second', stored * PRICES.recoveryGigabyteMonth),
    used(
      'DynamoDB',
      `${String(deployed.replicas)} replicas: writes, storage, restorable`,
      deployed.replicas *
        (written(true) * PRICES.replicatedWriteUnit +
          stored * (PRICES.tableGigabyteMonth + PRICES.recoveryGigabyteMonth)),
    ),
    flat('DynamoDB', 'streams, read by Lambda: free', 0),
    item('Logs', 'taken in, gateway’s and functions’', (each) => (loggedBytes(each) / GB) * PRICES.logGigabyte),
    {
      service: 'Logs',
      what: `kept for ${String(deployed.logRetentionDays)} days`,
      fixed: logged(false) * kept,
      byUse: logged(true) * kept,
    },
    flat(
      'CloudWatch',
      `${String(deployed.alarmMetrics)} metrics under alarm`,
      deployed.alarmMetrics * PRICES.alarmMetricMonth,
    ),
    flat(
      'CloudWatch',
      `${String(deployed.compositeAlarms)} composite alarms`,
      deployed.compositeAlarms * PRICES.compositeAlarmMonth,
    ),
    flat('CloudWatch', `${String(deployed.dashboards)} dashboards`, deployed.dashboards * PRICES.dashboardMonth),
    flat('CloudWatch', `${String(deployed.ownMetrics)} metrics of our own`, deployed.ownMetrics * PRICES.metricMonth),
    flat('KMS', `${String(deployed.keys)} keys, before rotation`, deployed.keys * PRICES.keyMonth),
    flat('KMS', 'requests, at most', deployed.functions * KEY_REQUESTS * PRICES.keyRequest),
    flat('Secrets Manager', `${String(deployed.secrets)} secrets`, deployed.secrets * PRICES.secretMonth),
    flat('Cognito', `${String(clients)} clients for systems`, clients * PRICES.systemClientMonth),
    used('Cognito', `${number(load.systems * HOURS)} tokens for systems`, load.systems * HOURS * PRICES.systemToken),
    used(
      'Cognito',
      `${number(load.users)} people, ${number(FREE_ACTIVE_USERS)} of them free`,
      Math.max(0, load.users - FREE_ACTIVE_USERS) * PRICES.activeUser,
    ),
    used('S3', `${number(load.documents)} GB of documents`, load.documents * PRICES.objectGigabyteMonth),
    used('EventBridge', `${number(notified)} notifications`, notified * PRICES.busEvent),
    used('SQS', `their ${String(QUEUED)} messages each`, notified * QUEUED * QUEUE_REQUESTS * PRICES.queueRequest),
    used('SES', `${number(mails)} mails`, mails * PRICES.mail),
    flat('SNS, SQS, EventBridge', 'e-mails of alarms, parked records, the schedule: next to nothing', 0),
  ];
}

/** USD for a million bookings with their steps, jobs, notifications, reads, logs and storage. */
export function perMillion(load: Load, items: readonly Item[]): number {
  const services = ['API Gateway', 'Lambda', 'DynamoDB', 'Logs', 'EventBridge', 'SQS', 'SES'];
  const byUse = items.filter(({ service }) => services.includes(service)).reduce((sum, item) => sum + item.byUse, 0);
  return (byUse / load.bookings) * 1e6;
}

function sweepOf({ sweep, sweptGrant }: Measured, grants: number): Work {
  return {
    rcu: sweep.rcu + grants * sweptGrant.rcu,
    wcu: sweep.wcu + grants * sweptGrant.wcu,
    logBytes: sweep.logBytes,
    milliseconds: sweep.milliseconds + grants * sweptGrant.milliseconds,
  };
}
