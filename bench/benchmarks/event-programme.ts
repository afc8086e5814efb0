import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { QueryCommand } from '@aws-sdk/lib-dynamodb';

import { calendarRoutes } from '../../lambdas/events/calendar-contract.ts';
import { sessionsPartition } from '../../lambdas/events/keys.ts';
import { programmeRoutes } from '../../lambdas/events/programme-contract.ts';
import type { Benchmark } from '../benchmark.ts';
import { type RepeatedJob, RepeatedReport } from '../children/repeated-job.ts';
import { build, runChild } from '../setting/child.ts';
import { type EventFacts, gatewayEvent } from '../setting/events.ts';
import { Scene } from '../setting/scene.ts';
import { median, rounded } from '../statistics.ts';

const SESSIONS = 500;
const REPETITIONS = 21;

/**
 * The least that the embedded engine needs to look at the sessions, without giving any: that is its own, and another's in the
 * cloud. @returns milliseconds
 */
async function bareCount(scene: Scene, eventId: string): Promise<number> {
  const times: number[] = [];
  await scene.withDatabase(async (documents) => {
    for (let count = 0; count < REPETITIONS; count++) {
      const since = performance.now();
      await documents.send(
        new QueryCommand({
          TableName: scene.hub.tableName('EventsData'),
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': sessionsPartition(eventId) },
          Select: 'COUNT',
        }),
      );
      times.push(performance.now() - since);
    }
  });
  return median(times);
}

export const eventProgrammeBenchmark: Benchmark = {
  name: 'event-programme',
  description: `The timetable and the calendar of an event with ${String(SESSIONS)} sessions`,
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: false });
    try {
      const { eventId, organiser } = await scene.event(100);
      progress(`${String(SESSIONS)} sessions`);
      const starts = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
      for (let number = 0; number < SESSIONS; number++) {
        const hour = String(9 + (number % 9)).padStart(2, '0');
        const body = {
          ...{ title: { en: `Session ${String(number)}`, ru: `Секция ${String(number)}` }, kind: 'lecture' },
          ...{ starts: `${starts}T${hour}:00`, ends: `${starts}T${hour}:45` },
          speakers: [{ code: `SPK-${String(number)}` }],
        };
        const facts = { route: programmeRoutes.createSession, sender: organiser, params: { eventId }, body };
        await scene.create(facts, 'EventsProgramme');
      }
      const script = build('children/repeated.ts', setting.scratch);
      const measured = async (name: string, facts: EventFacts, entry: RegExp): Promise<number> => {
        const deployed = setting.deployed(name);
        const job: RepeatedJob = {
          ...{ moduleUrl: deployed.moduleUrl, event: gatewayEvent(facts), repetitions: REPETITIONS },
        };
        const file = join(setting.scratch, 'repeated.json');
        writeFileSync(file, JSON.stringify(job));
        const said = await runChild(script, [file], deployed.environment(scene.hub));
        const { times, answer } = RepeatedReport.parse(said);
        const found = answer.body.match(entry)?.length ?? 0;
        if (found < SESSIONS) error(`${name}: ${String(found)} sessions instead of ${String(SESSIONS)}`);
        return median(times);
      };
      const about = { sender: organiser, params: { eventId } };
      const engineMs = await bareCount(scene, eventId);
      const timetable = await measured('EventsProgramme', { route: programmeRoutes.getTimetable, ...about }, /Секция/g);
      const calendar = await measured(
        'EventsCalendar',
        { route: calendarRoutes.getEventCalendar, ...about },
        /BEGIN:VEVENT/g,
      );
      return {
        eventProgramme: {
          ...{ sessions: SESSIONS, engineMs: rounded(engineMs, 1) },
          ...{ timetableTotal: rounded(timetable, 1), timetableMs: rounded(timetable - engineMs, 1) },
          ...{ calendarTotal: rounded(calendar, 1), calendarMs: rounded(calendar - engineMs, 1) },
        },
      };
    } finally {
      await scene.close();
    }
  },
};
