import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import * as z from 'zod/mini';

import type { Reminded } from './reminder-model.ts';

/** Reminders as one-time schedules of EventBridge Scheduler, one at most for each booking, application or registration. Each is gone when it has run. */

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 2500, throwOnRequestTimeout: true };

/** What the reminder is run with, and by which version of what it is about it was asked for. */
const Input = z.looseObject({ version: z.int() });

export interface Place {
  /** Name of the group of schedules. */
  readonly group: string;
  /** ARNs of the functions that remind, by what of. */
  readonly targets: Readonly<Record<Reminded, string>>;
  /** ARN of the role that may run it. */
  readonly role: string;
}

export class Scheduler {
  readonly #client = new SchedulerClient({ maxAttempts: 3, requestHandler: TIMEOUTS });
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Version that a schedule was asked for by; `undefined` when there is none. */
  async versionOf(name: string): Promise<number | undefined> {
    try {
      const { Target } = await this.#client.send(new GetScheduleCommand(this.#named(name)));
      return Input.parse(JSON.parse(Target?.Input ?? '{}')).version;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Makes a schedule, or moves the one there is. @param input what the function is run with that reminds of it */
  async put(
    name: string,
    at: Date,
    of: Reminded,
    input: Readonly<Record<string, unknown>> & { readonly version: number },
  ): Promise<void> {
    const schedule = {
      ...this.#named(name),
      // Without a fraction, and in UTC unless said otherwise.
      ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: this.#place.targets[of], RoleArn: this.#place.role, Input: JSON.stringify(input) },
    } as const;
    try {
      await this.#client.send(new CreateScheduleCommand(schedule));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      await this.#client.send(new UpdateScheduleCommand(schedule));
    }
  }

  /** Takes a schedule away. Done again, it changes nothing. */
  async remove(name: string): Promise<void> {
    try {
      await this.#client.send(new DeleteScheduleCommand(this.#named(name)));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  #named(name: string) {
    return { Name: name, GroupName: this.#place.group };
  }
}
