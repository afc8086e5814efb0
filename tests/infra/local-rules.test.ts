import { rmSync } from 'node:fs';

import { afterAll, describe, expect, it } from 'vitest';

import { createFunctions } from '../../lib/local/functions/functions.ts';
import { readAssembly } from '../../lib/local/template/assembly.ts';
import { createResolver } from '../../lib/local/template/intrinsics.ts';
import { standInsFor } from '../../lib/local/template/stand-ins.ts';
import { createRules } from '../../lib/local/triggers/rules.ts';
import { writeFixtureAssembly } from '../support/fixture-assembly.ts';

const CODE = `
const failed = new Map();
export async function tick(event) {
  const { id, failures = 0 } = event.detail;
  const before = failed.get(id) ?? 0;
  if (before < failures) {
    failed.set(id, before + 1);
    throw new Error('not yet');
  }
  console.log(JSON.stringify({ took: id }));
}
`;

const TARGETS = [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['TickFunction', 'Arn'] } }];

function rule(properties: Readonly<Record<string, unknown>>) {
  return { Type: 'AWS::Events::Rule', Properties: { State: 'ENABLED', Targets: TARGETS, ...properties } };
}

const UPLOADED = {
  source: ['aws.s3'],
  detail: { bucket: { name: [{ Ref: 'Bucket' }] }, object: { key: [{ prefix: 'uploads/' }] } },
};

const folders: string[] = [];

function served(resources: Readonly<Record<string, unknown>>) {
  const dir = writeFixtureAssembly({
    code: CODE,
    resources: { ...resources, Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'somebody' } } },
  });
  folders.push(dir);
  const assembly = readAssembly(dir);
  const { template } = assembly;
  const facts = {
    region: 'eu-central-1',
    accountId: '000000000000',
    baseUrl: 'http://127.0.0.1',
    queuesUrl: 'http://127.0.0.1',
  };
  const name = (logicalId: string): string => logicalId.toLowerCase();
  const standIns = standInsFor(template, { ...facts, tableName: name, streamArn: name, bucketName: name });
  const pseudoParameters = { 'AWS::Region': facts.region, 'AWS::AccountId': facts.accountId };
  const resolve = createResolver({ pseudoParameters, ...standIns, secret: () => 'secret' });
  const logs: string[] = [];
  const onLog = (line: string) => logs.push(line);
  const functions = createFunctions({ assembly, resolve, onLog, environment: () => ({}) });
  const rules = createRules({
    template,
    resolve,
    onLog,
    targetByArn: (arn) => {
      const found = functions.get(arn.slice(arn.lastIndexOf(':') + 1));
      if (found === undefined) throw new Error(`No function ${arn}`);
      return found;
    },
  });
  return {
    rules,
    logs,
    took: () => logs.flatMap((line) => (line.startsWith('{"took"') ? [JSON.parse(line).took as string] : [])),
    close: async () => {
      await rules.stop();
      await Promise.all([...functions.values()].map((each) => each.stop()));
    },
  };
}

function uploaded(id: string, key = 'uploads/x', more: Readonly<Record<string, unknown>> = {}) {
  const detail = { id, bucket: { name: 'bucket' }, object: { key }, ...more };
  return { version: '0', source: 'aws.s3', 'detail-type': 'Object Created', detail };
}

afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true });
});

describe('rules of the template', () => {
  it('run their functions on the events that match, on their own bus only', async () => {
    const app = served({
      OnDefault: rule({ EventPattern: UPLOADED }),
      OnOwn: rule({ EventPattern: { detail: { id: ['own'] } }, EventBusName: { Ref: 'Bus' } }),
      Off: rule({ EventPattern: UPLOADED, State: 'DISABLED' }),
    });
    app.rules.deliver(undefined, uploaded('one'));
    app.rules.deliver('default', uploaded('two'));
    app.rules.deliver(undefined, uploaded('elsewhere', 'other/x'));
    app.rules.deliver(undefined, uploaded('own', 'other/x'));
    app.rules.deliver('arn:aws:events:eu-central-1:000000000000:event-bus/Bus', uploaded('own'));
    await app.rules.caughtUp();
    await expect.poll(() => app.took().toSorted()).toEqual(['one', 'own', 'two']);
    await app.close();
  });

  it('try an event three times, and say when they give it up', async () => {
    const app = served({ OnDefault: rule({ EventPattern: UPLOADED }) });
    app.rules.deliver(undefined, uploaded('late', 'uploads/x', { failures: 2 }));
    app.rules.deliver(undefined, uploaded('never', 'uploads/x', { failures: 99 }));
    await app.rules.caughtUp();
    await expect.poll(app.took).toEqual(['late']);
    expect(app.logs.filter((line) => line.includes('Event given up'))).toHaveLength(1);
    await app.close();
  });

  it('deliver nothing once they are stopped', async () => {
    const app = served({ OnDefault: rule({ EventPattern: UPLOADED }) });
    await app.rules.stop();
    app.rules.deliver(undefined, uploaded('late'));
    await app.rules.caughtUp();
    expect(app.took()).toEqual([]);
    await app.close();
  });

  it.each([
    ['what a target gets is made anew', { Targets: [{ ...TARGETS[0], Input: '{}' }] }],
    ['the target is no function', { Targets: [{ Id: 'x', Arn: 'arn:aws:sqs:eu-central-1:000000000000:nobody' }] }],
    ['an operator is unknown', { EventPattern: { detail: { id: [{ cidr: '10.0.0.0/24' }] } } }],
  ])('refuse to start when %s', (_what, properties) => {
    expect(() => served({ OnDefault: rule({ EventPattern: UPLOADED, ...properties }) })).toThrow();
  });
});
