import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';

import { engine, hub, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  anAccepted,
  applicationSeenBy,
  changeCohort,
  stepApplicationHalfWay,
  type Training,
} from '../support/training.ts';

/** A step writes the application, then its cohort's seats. If the request dies in between, the job that follows goes on. */

async function isSwept({ cohort }: Training): Promise<boolean> {
  const { tables } = await hubFacts();
  const Key = { pk: 'SWEEP', sk: cohort.id };
  return (await (await engine()).send(new GetCommand({ TableName: tables.training, Key }))).Item !== undefined;
}

test('a withdrawal that died half-way gives its seat to the next in line soon', async () => {
  const scene = await aCohort({}, { seats: { total: 1 } });
  const [seated, waiting] = [await anAccepted(scene), await anAccepted(scene)];
  expect((await applicationSeenBy(scene.host, waiting)).status).toBe('waitlisted');
  await stepApplicationHalfWay(seated, 'withdrawn');

  const status = async () => (await applicationSeenBy(scene.host, waiting)).status;
  await expect.poll(status).toBe('accepted');
});

test('a cohort that is cancelled is visited no more, once its applications have ended', async () => {
  const scene = await aCohort();
  await anAccepted(scene);
  expect(await isSwept(scene)).toBe(true);
  await changeCohort(scene, { status: 'cancelled', cancellationReason: 'security' });

  const visited = async () => {
    await hub.runSchedule('TrainingSweepSchedule');
    return isSwept(scene);
  };
  await expect.poll(visited).toBe(false);
});
