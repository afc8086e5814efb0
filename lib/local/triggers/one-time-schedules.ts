import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { RestApi } from '../gateway/control-plane.ts';
import type { Call } from '../permissions/calls.ts';
import type { Store } from '../store.ts';

/**
 * EventBridge Scheduler, as far as functions use it: schedules that run a function once and are gone then.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html
 */
export interface OneTimeSchedules {
  readonly api: RestApi;
  /** Runs what is due from now on. */
  start(): void;
  /** What is to come. */
  readonly list: () => readonly OneTimeSchedule[];
  /** Runs a schedule now, as if it were due. @throws Error when there is none of that name @throws FunctionError */
  readonly run: (name: string) => Promise<void>;
  readonly stop: () => void;
}

const Schedule = z.object({
  name: z.string(),
  group: z.string(),
  /** RFC 3339. */
  at: z.string(),
  target: z.string(),
  input: z.string(),
});
export type OneTimeSchedule = z.infer<typeof Schedule>;

const Request = z.object({
  GroupName: z.string(),
  ScheduleExpression: z.string().check(z.regex(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/)),
  FlexibleTimeWindow: z.object({ Mode: z.literal('OFF') }),
  ActionAfterCompletion: z.literal('DELETE'),
  Target: z.object({ Arn: z.string(), RoleArn: z.string(), Input: z.string() }),
});

export interface OneTimeSchedulesOptions {
  readonly region: string;
  readonly accountId: string;
  readonly store: Store;
  readonly functionByArn: (arn: string) => LocalFunction;
  /** @returns the call, when it is not allowed */
  readonly refused: (functionName: string, call: Call) => Call | undefined;
  readonly onLog: (line: string) => void;
}

const KEPT = 'one-time-schedules';
/** Milliseconds between looks at what is due. */
const TICK = 1000;

export function openOneTimeSchedules(options: OneTimeSchedulesOptions): OneTimeSchedules {
  const { region, accountId, store, functionByArn, refused, onLog } = options;
  const schedules = new Map((store.read(KEPT, z.array(Schedule)) ?? []).map((each) => [each.name, each]));
  const keep = (): void => {
    if (store.persistent) store.write(KEPT, [...schedules.values()]);
  };
  let timer: NodeJS.Timeout | undefined;

  const run = async (name: string): Promise<void> => {
    const schedule = schedules.get(name);
    if (schedule === undefined) throw new Error(`There is no schedule ${name}.`);
    schedules.delete(name);
    keep();
    await functionByArn(schedule.target).invoke(JSON.parse(schedule.input));
  };
  const runDue = (): void => {
    const now = new Date().toISOString();
    for (const { name } of [...schedules.values()].filter(({ at }) => at <= now)) {
      run(name).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        onLog(JSON.stringify({ level: 'ERROR', message: 'Scheduled run failed', schedule: name, reason }));
      });
    }
  };

  const put = (name: string, body: unknown): OneTimeSchedule => {
    const { GroupName: group, ScheduleExpression, Target } = Request.parse(body);
    const at = `${ScheduleExpression.slice(3, -1)}.000Z`;
    const schedule = { name, group, at, target: Target.Arn, input: Target.Input };
    schedules.set(name, schedule);
    keep();
    return schedule;
  };

  const api: RestApi = ({ functionName, method, path, query, body }) => {
    const [, name] = /^\/schedules\/([\w.-]{1,64})$/.exec(path) ?? [];
    if (name === undefined) return undefined;
    const operation = OPERATIONS[method];
    if (operation === undefined) return refusal(400, 'ValidationException', `${method} is not known locally.`);
    const group = query.get('groupName') ?? Request.safeParse(body).data?.GroupName ?? 'default';
    const arn = `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
    const calls: Call[] = [{ action: `scheduler:${operation}`, resource: arn }];
    const role = Request.safeParse(body).data?.Target.RoleArn;
    if (role !== undefined) calls.push({ action: 'iam:PassRole', resource: role });
    const forbidden = calls.find((call) => refused(functionName, call) !== undefined);
    if (forbidden !== undefined) return refusal(403, 'AccessDeniedException', `Not authorized: ${forbidden.action}`);
    const there = schedules.get(name);
    if (operation === 'CreateSchedule') {
      if (there !== undefined) return refusal(409, 'ConflictException', 'There is one of that name.');
      put(name, body);
      return { status: 200, body: { ScheduleArn: arn } };
    }
    if (there === undefined) return refusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
    if (operation === 'UpdateSchedule') {
      put(name, body);
      return { status: 200, body: { ScheduleArn: arn } };
    }
    if (operation === 'DeleteSchedule') {
      schedules.delete(name);
      keep();
      return { status: 200, body: {} };
    }
    return { status: 200, body: { Arn: arn, Name: name, Target: { Arn: there.target, Input: there.input } } };
  };

  return {
    api,
    start: () => {
      timer = setInterval(runDue, TICK);
    },
    list: () => [...schedules.values()],
    run,
    stop: () => {
      clearInterval(timer);
    },
  };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule',
  PUT: 'UpdateSchedule',
  GET: 'GetSchedule',
  DELETE: 'DeleteSchedule',
};

function refusal(status: number, error: string, message: string) {
  return { status, error, body: { Message: message } };
}
