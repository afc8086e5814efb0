import * as z from 'zod/mini';

import { type Attendance, type HeldEvent, readAttendance, readHeldEvent } from '../events/published.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import type { CertificateName } from './application-contract.ts';
import { attendanceKey, eventKey, nameKey } from './keys.ts';

/** What is copied of who has attended an event, and what their certificates call them. */

const NameItem = z.object({ displayName: z.string(), consentAt: z.string(), salt: z.string() });

export class AttendancesTable {
  readonly #table: SingleTable;

  constructor(table: SingleTable) {
    this.#table = table;
  }

  /** Remembers an event, unless something later is known. */
  async putEvent(event: HeldEvent): Promise<void> {
    await this.#table.putLater({ ...eventKey(event.id), ...event });
  }

  /** Remembers that somebody has attended, unless something later is known. */
  async putAttendance(attendance: Attendance): Promise<void> {
    await this.#table.putLater({ ...attendanceKey(attendance.id), ...attendance });
  }

  async getEvent(eventId: string): Promise<HeldEvent | undefined> {
    const item = await this.#table.get(eventKey(eventId), { consistent: false });
    return item && readHeldEvent(item);
  }

  /** @param registrationId with which they have */
  async get(registrationId: string): Promise<Attendance | undefined> {
    const item = await this.#table.get(attendanceKey(registrationId), { consistent: true });
    return item && readAttendance(item);
  }

  async getName(registrationId: string): Promise<CertificateName | undefined> {
    const item = await this.#table.get(nameKey(registrationId), { consistent: true });
    return item && NameItem.parse(item);
  }

  async eraseName(registrationId: string): Promise<void> {
    await this.#table.remove(nameKey(registrationId));
  }
}
