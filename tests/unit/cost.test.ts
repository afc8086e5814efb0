import { expect, test } from 'vitest';

import { billOf, type Item, type Load, perMillion } from '../../bench/cost/bill.ts';
import { deployedBy } from '../../bench/cost/deployed.ts';
import { stage, templateOf } from '../support/stages.ts';

const work = { wcu: 2, rcu: 1, logBytes: 400, milliseconds: 20 };
const notifications = { audit: work, publish: work, dispatch: work, deliver: work, mail: work };
const measured = {
  hold: work,
  step: work,
  read: work,
  settle: work,
  sweep: work,
  sweptGrant: work,
  storedBytes: 1000,
  notifications,
};
const load: Load = {
  bookings: 1000,
  readsPerBooking: 10,
  mailsPerBooking: 1,
  grants: 10,
  users: 10,
  systems: 3,
  months: 12,
  documents: 0,
};
const deployed = deployedBy(templateOf(stage('prod')));
const sum = (items: readonly Item[], key: 'fixed' | 'byUse') => items.reduce((total, item) => total + item[key], 0);

test('what is there is counted in the template', () => {
  expect(deployed).toMatchObject({ keys: 1, secrets: 5, replicas: 0, memoryMB: 512, logRetentionDays: 731 });
  expect(deployed.functions).toBeGreaterThanOrEqual(7);
  expect(deployed.accessLogBytes).toBeGreaterThan(200);
});

test('a day twice as busy costs twice as much by use, and no more for what is there', () => {
  const services = ['API Gateway', 'Lambda', 'DynamoDB', 'Logs', 'EventBridge', 'SQS', 'SES'];
  const of = (bookings: number) =>
    billOf({ ...load, bookings }, deployed, measured).filter(({ service }) => services.includes(service));
  expect(sum(of(2000), 'byUse')).toBeCloseTo(2 * sum(of(1000), 'byUse'), 9);
  expect(sum(of(2000), 'fixed')).toBeCloseTo(sum(of(1000), 'fixed'), 9);
  expect(perMillion({ ...load, bookings: 2000 }, of(2000))).toBeCloseTo(perMillion(load, of(1000)), 6);
});

test('every client of a partner’s system costs by the month', () => {
  const clients = (systems: number) =>
    sum(
      billOf({ ...load, systems }, deployed, measured).filter(({ service }) => service === 'Cognito'),
      'fixed',
    );
  expect(clients(4) - clients(3)).toBeCloseTo(6, 9);
});

test('a replica costs the writes and the storage again', () => {
  const items = (replicas: number) => billOf(load, { ...deployed, replicas }, measured);
  expect(sum(items(0), 'byUse')).toBeLessThan(sum(items(1), 'byUse'));
  expect(sum(items(2), 'byUse') - sum(items(1), 'byUse')).toBeCloseTo(
    sum(items(1), 'byUse') - sum(items(0), 'byUse'),
    9,
  );
});
