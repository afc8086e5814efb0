import { rmSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Hub, startHub } from '../../lib/local/hub.ts';
import { callsOf } from '../../lib/local/permissions/calls.ts';
import { grantFor } from '../../lib/local/permissions/grants.ts';
import { writeFixtureAssembly } from '../support/fixture-assembly.ts';

const TABLES = 'arn:aws:dynamodb:eu-central-1:000000000000:table/';

describe('what a request needs permission for', () => {
  it('is its operation on its table, or on its index', () => {
    expect(callsOf('Query', { TableName: 'T' }, TABLES)).toEqual([
      { action: 'dynamodb:Query', resource: `${TABLES}T` },
    ]);
    expect(callsOf('Query', { TableName: 'T', IndexName: 'I' }, TABLES)).toEqual([
      { action: 'dynamodb:Query', resource: `${TABLES}T/index/I` },
    ]);
    expect(callsOf('ListTables', {}, TABLES)).toEqual([{ action: 'dynamodb:ListTables', resource: '*' }]);
  });

  it('names the partition of an item, of a part of a transaction, and of a query however it is written', () => {
    const partitions = (operation: string, request: object) =>
      callsOf(operation, request, TABLES).map(({ partition }) => partition);
    const key = { pk: { S: 'A#1' }, sk: { S: 's' } };
    expect(partitions('GetItem', { TableName: 'T', Key: key })).toEqual(['A#1']);
    expect(partitions('PutItem', { TableName: 'T', Item: key })).toEqual(['A#1']);
    const TransactItems = [
      { Put: { TableName: 'T', Item: key } },
      { ConditionCheck: { TableName: 'T', Key: { pk: { S: 'B' } } } },
    ];
    expect(partitions('TransactWriteItems', { TransactItems })).toEqual(['A#1', 'B']);

    const asked = (KeyConditionExpression: string, more: object = {}) =>
      partitions('Query', {
        TableName: 'T',
        KeyConditionExpression,
        ExpressionAttributeValues: { ':pk': { S: 'A#1' }, ':prefix': { S: 'B' } },
        ...more,
      });
    expect(asked('pk = :pk')).toEqual(['A#1']);
    expect(asked('begins_with(sk, :prefix) AND pk = :pk')).toEqual(['A#1']);
    expect(asked('sk = :prefix AND #key = :pk', { ExpressionAttributeNames: { '#key': 'pk' } })).toEqual(['A#1']);
    // Its leading key would be another one.
    expect(asked('pk = :pk', { IndexName: 'I' })).toEqual([undefined]);
    expect(asked('sk = :prefix')).toEqual([undefined]);
  });

  it('is each part of a transaction', () => {
    const TransactItems = ['Put', 'Update', 'Delete', 'ConditionCheck'].map((part) => ({ [part]: { TableName: 'T' } }));
    expect(callsOf('TransactWriteItems', { TransactItems }, TABLES).map(({ action }) => action)).toEqual([
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:ConditionCheckItem',
    ]);
    expect(callsOf('TransactGetItems', { TransactItems: [{ Get: { TableName: 'T' } }] }, TABLES)).toEqual([
      { action: 'dynamodb:GetItem', resource: `${TABLES}T` },
    ]);
  });

  it('is the batch on each of its tables', () => {
    expect(callsOf('BatchGetItem', { RequestItems: { A: {}, B: {} } }, TABLES)).toEqual([
      { action: 'dynamodb:BatchGetItem', resource: `${TABLES}A` },
      { action: 'dynamodb:BatchGetItem', resource: `${TABLES}B` },
    ]);
  });
});

it.each([
  ['dynamodb:GetItem', `${TABLES}T`, true],
  ['dynamodb:PutItem', `${TABLES}T`, false],
  ['dynamodb:GetItem', `${TABLES}T2`, false],
  ['dynamodb:Query', `${TABLES}T/index/I`, true],
  ['dynamodb:Query', `${TABLES}T`, false],
])('a role that may read items and query indexes: %s on %s is %s', (action, resource, allowed) => {
  const grants = [
    { action: 'dynamodb:Get*', resource: `${TABLES}?` },
    { action: 'dynamodb:Query', resource: `${TABLES}T/index/*` },
  ];
  expect(grantFor(grants, { action, resource }) !== undefined).toBe(allowed);
});

/** Asks the database what the event says, signed as Lambda signs. */
const CODE = `
export async function http({ operation, body }) {
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ACCESS_KEY_ID, TABLE_NAME } = process.env;
  const response = await fetch(AWS_ENDPOINT_URL_DYNAMODB, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.' + operation,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + AWS_ACCESS_KEY_ID + '/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ TableName: TABLE_NAME, ...body }),
  });
  return { status: response.status, ...(await response.json()) };
}
export const stream = () => undefined;
export const tick = http;
`;

const role = (statement: object) => ({
  SomeRole: { Type: 'AWS::IAM::Role' },
  SomePolicy: {
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: 'SomeRole' }], PolicyDocument: { Statement: [statement] } },
  },
});
const TABLE = { 'Fn::GetAtt': ['Table', 'Arn'] };

describe.skipIf(process.env['AWS_ENDPOINT_URL_DYNAMODB'])('a function', () => {
  const assembly = writeFixtureAssembly({
    code: CODE,
    resources: role({ Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Resource: TABLE }),
  });
  const logs: string[] = [];
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub({ assembly, jobs: false, onLog: (line) => logs.push(line) });
  });
  afterAll(async () => {
    await hub.stop();
    rmSync(assembly, { recursive: true });
  });
  const key = { pk: { S: 'a' }, sk: { S: 'b' } };

  it('reaches the database for what its role allows', async () => {
    expect(await hub.invoke('HttpFunction', { operation: 'PutItem', body: { Item: key } })).toMatchObject({
      status: 200,
    });
    const read = await hub.invoke('HttpFunction', { operation: 'GetItem', body: { Key: key } });
    expect(read).toMatchObject({ status: 200, Item: key });
  });

  it('is refused anything else, which is logged with what would have to be allowed', async () => {
    const answer = await hub.invoke('TickFunction', { operation: 'DeleteItem', body: { Key: key } });

    expect(answer).toMatchObject({ status: 400, __type: expect.stringContaining('AccessDeniedException') as string });
    const call = { action: 'dynamodb:DeleteItem', resource: `${TABLES}${hub.tableName('Table')}`, partition: 'a' };
    expect(logs.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ level: 'ERROR', function: 'TickFunction', ...call }),
    );
    expect(hub.databaseUsage()?.get('TickFunction')).toEqual({ used: [], refused: [call] });
  });

  it('is refused a whole transaction for one of its parts', async () => {
    const TableName = hub.tableName('Table');
    const TransactItems = [
      { Put: { TableName, Item: { ...key, sk: { S: 'c' } } } },
      { Delete: { TableName, Key: key } },
    ];
    const answer = await hub.invoke('HttpFunction', { operation: 'TransactWriteItems', body: { TransactItems } });

    expect(answer).toMatchObject({ status: 400, __type: expect.stringContaining('AccessDeniedException') as string });
    const read = await hub.invoke('HttpFunction', { operation: 'GetItem', body: { Key: { ...key, sk: { S: 'c' } } } });
    expect(read).toEqual({ status: 200 });
  });
});

it.each([
  ['Deny', { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: TABLE }],
  ['Condition', { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: TABLE, Condition: {} }],
  ['NotAction', { Effect: 'Allow', NotAction: 'dynamodb:PutItem', Resource: TABLE }],
])('a policy with %s stops the start, because it would mean something else locally', async (part, statement) => {
  const assembly = writeFixtureAssembly({ code: CODE, resources: role(statement) });
  await expect(startHub({ assembly, jobs: false })).rejects.toThrow(
    `a statement with ${part} is not supported locally`,
  );
  rmSync(assembly, { recursive: true });
});

it('an action that is limited to some partitions is refused in others', () => {
  const lines = { action: 'dynamodb:DeleteItem', resource: 'table', partition: 'LINE#*' };
  const sweep = { ...lines, partition: 'SWEEP' };
  const remove = { action: 'dynamodb:DeleteItem', resource: 'table' };
  const granted = (call: object) => grantFor([lines, sweep], { ...remove, ...call });
  expect(granted({ partition: 'LINE#GRANT#1' })).toBe(lines);
  expect(granted({ partition: 'SWEEP' })).toBe(sweep);
  expect(granted({ partition: 'SWEEPER' })).toBeUndefined();
  expect(granted({ partition: 'GRANT#1' })).toBeUndefined();
  expect(granted({})).toBeUndefined();
});
