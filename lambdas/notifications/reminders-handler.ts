import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

import { environment } from '../shared/environment.ts';
import { handleMessages, readEvent } from './messages.ts';
import { scheduleReminder } from './schedule-reminders.ts';
import { Scheduler } from './scheduler.ts';

const place = {
  group: environment('SCHEDULE_GROUP'),
  targets: {
    booking: environment('REMIND_BOOKING_ARN'),
    application: environment('REMIND_APPLICATION_ARN'),
    registration: environment('REMIND_REGISTRATION_ARN'),
  },
  role: environment('SCHEDULE_ROLE_ARN'),
};
const ports = { scheduler: new Scheduler(place), now: () => new Date() };

/** Sees to it that whoever has a hold or an offer is reminded before it ends. */
export function handler(batch: SQSEvent): Promise<SQSBatchResponse> {
  return handleMessages('reminders', batch, (message) => scheduleReminder(ports, readEvent(message)));
}
