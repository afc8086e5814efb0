import { expect, test } from 'vitest';

import { at, mappingsOf, references, stage, templateOf } from '../support/stages.ts';

/** Queues of work, whatever they are for. */

const template = templateOf(stage('prod'));
const mappings = mappingsOf(template, 'AWS::SQS::Queue');
const queueOf = (mapping: (typeof mappings)[number]) =>
  template.find(references(at(mapping, 'EventSourceArn'))[0] ?? '', 'AWS::SQS::Queue');

test('a function says which messages of a batch it could not handle', () => {
  expect(mappings.length).toBeGreaterThanOrEqual(3);
  for (const mapping of mappings) expect(at(mapping, 'FunctionResponseTypes')).toEqual(['ReportBatchItemFailures']);
});

test('nobody else gets a message for six times as long as its function may take', () => {
  for (const mapping of mappings) {
    const lambda = template.find(references(at(mapping, 'FunctionName'))[0] ?? '', 'AWS::Lambda::Function');
    expect(Number(at(queueOf(mapping), 'VisibilityTimeout'))).toBeGreaterThanOrEqual(6 * Number(at(lambda, 'Timeout')));
  }
});

test('a message is kept for two weeks, and ends as a dead letter that is kept as long', () => {
  for (const mapping of mappings) {
    const queue = queueOf(mapping);
    const [dead = ''] = references(at(queue, 'RedrivePolicy', 'deadLetterTargetArn'));
    for (const each of [queue, template.find(dead, 'AWS::SQS::Queue')]) {
      expect(at(each, 'MessageRetentionPeriod')).toBe(14 * 86_400);
      expect(at(each, 'SqsManagedSseEnabled')).toBe(true);
    }
  }
});

test('a delivery can be tried for three days before its message is a dead letter', () => {
  const queue = template.find('WebhooksDeliveriesQueue', 'AWS::SQS::Queue');
  expect(Number(at(queue, 'RedrivePolicy', 'maxReceiveCount'))).toBeGreaterThanOrEqual(3 * 14);
});
