import { globSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { statementsFor } from '../../lib/local/permissions/grants.ts';
import type { Resource, Template } from '../../lib/local/template/template.ts';
import { hub, hubTemplate } from '../support/hub.ts';
import { at } from '../support/stages.ts';

/**
 * What the functions may do is what they were seen to do while the API tests ran: no action more, no action less, and each
 * in no other partitions of their table. It
 * runs when all other tests are done (`vitest.config.ts`). What a role does not allow is refused while they run, by the
 * local runtime itself; this looks for what nobody needed.
 */

const template: Template = await hubTemplate();
const functions = template.ofType('AWS::Lambda::Function');

const LOGGING = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const STREAMING = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`);
const DECRYPTING = ['kms:Decrypt', 'kms:DescribeKey'];
const PARKING = ['sqs:SendMessage'];
const TAKING = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

const idOf = (attribute: unknown): string => (attribute as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];

/** `dynamodb:PutItem QuotasData….Arn` */
const named = (actions: readonly string[], resource: unknown): string[] => {
  const joined = (resource as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join']?.[1];
  // An index: the ARN of its table, and what is behind it.
  const [whole, rest] = joined?.length === 2 ? joined : [resource, ''];
  const [id, attribute] = (whole as { 'Fn::GetAtt'?: [string, string] } | undefined)?.['Fn::GetAtt'] ?? [];
  return actions.map(
    (action) =>
      `${action} ${id === undefined ? JSON.stringify(resource) : `${id}.${String(attribute)}${String(rest)}`}`,
  );
};

/** `dynamodb:PutItem QuotasData….Arn GRANT#*` */
const granted = (lambda: Resource): string[] =>
  statementsFor(template, lambda).flatMap(({ actions, resources, partitions }) => {
    const calls = resources.flatMap((each) => named(actions, each));
    return partitions === undefined ? calls : calls.flatMap((call) => partitions.map((each) => `${call} ${each}`));
  });

/** What the gateway's own API is asked for, which the local runtime allows everybody: `tests/api/members.test.ts` sees it. */
const askedOfTheGateway = (lambda: Resource): string[] =>
  granted(lambda).filter((each) => /^apigateway:(GET|PATCH) .*\/authorizers\//.test(each));

/**
 * Of what is made by functions themselves, such as schedules, no resource of the template tells: the action is enough, and
 * what IAM asks for beside it.
 */
const byAction = (call: string): string =>
  /^(?:scheduler|iam|ses):/.test(call) ? call.slice(0, call.indexOf(' ')) : call;

/** What the Lambda service does in the name of a function's role, where no test can see it. */
function madeByTheService(lambda: Resource): string[] {
  const logGroup = (at(lambda, 'LoggingConfig', 'LogGroup') as { Ref: string }).Ref;
  const mappings = template
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter((mapping) => (at(mapping, 'FunctionName') as { Ref: string }).Ref === lambda.logicalId);
  return [
    // It writes what the function prints.
    ...named(LOGGING, { 'Fn::GetAtt': [logGroup, 'Arn'] }),
    ...mappings.flatMap((mapping) => {
      const stream = at(mapping, 'EventSourceArn');
      // It takes messages from a queue,
      if (template.find(idOf(stream), 'AWS::SQS::Queue', 'AWS::DynamoDB::GlobalTable').type === 'AWS::SQS::Queue') {
        return named(TAKING, stream);
      }
      const table = template.find(idOf(stream), 'AWS::DynamoDB::GlobalTable');
      return [
        // or reads the stream, whose records are encrypted with the table's key,
        ...named(STREAMING, stream),
        ...named(DECRYPTING, at(table, 'Replicas', 0, 'SSESpecification', 'KMSMasterKeyId')),
        // and parks what the function could not handle.
        ...named(PARKING, at(mapping, 'DestinationConfig', 'OnFailure', 'Destination')),
      ];
    }),
  ];
}

const usage = await hub.databaseUsage();
/** `arn:…:table/Name/index/Index` → `Name.Arn/index/Index` */
const tableOf = (arn: string): string => arn.replace(/^.*:(?:[\w-]+\/)?([^/:]+)/, '$1.Arn');

/** API tests that have not been run, or not wholly. */
async function missingFiles(): Promise<string[]> {
  const finished = new Set(await hub.finishedFiles());
  return globSync(join(import.meta.dirname, '*.test.ts')).filter(
    (file) => file !== import.meta.filename && !finished.has(file),
  );
}
const missing = await missingFiles();

describe.skipIf(usage === undefined)('while the API tests ran', () => {
  test('no function was refused anything', () => {
    const refused = Object.entries(usage ?? {}).flatMap(([name, { refused: calls }]) =>
      calls.map((call) => ({ name, ...call })),
    );
    expect(refused).toEqual([]);
  });

  test.for(functions)('$logicalId needed all it may do', (lambda, { skip }) => {
    skip(missing.length > 0, 'only when all API tests have been run');
    const seen = (usage?.[lambda.logicalId]?.used ?? []).map(
      ({ action, resource, partition }) =>
        `${action} ${tableOf(resource)}${partition === undefined ? '' : ` ${partition}`}`,
    );
    expect([...new Set(granted(lambda).map(byAction))].toSorted()).toEqual(
      [...new Set(seen.map(byAction)), ...madeByTheService(lambda), ...askedOfTheGateway(lambda)].toSorted(),
    );
  });
});
