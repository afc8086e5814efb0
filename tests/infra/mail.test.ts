import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { MAILED_EVENT_TYPES } from '../../lambdas/notifications/mail-types.ts';
import type { StageConfig } from '../../lib/stage-config.ts';
import { at, references, stage, synthesizeStage, templateOf } from '../support/stages.ts';

const prod = stage('prod');
const template = templateOf(prod);
const { mail: _, ...withoutMail } = prod;

/** What a deployment says, as JSON. */
function outputsOf(config: StageConfig): string {
  const outdir = mkdtempSync(join(tmpdir(), 'hub-mail-'));
  try {
    synthesizeStage(config, outdir);
    const [file = ''] = globSync(join(outdir, '*.template.json'));
    return JSON.stringify((JSON.parse(readFileSync(file, 'utf8')) as { Outputs: unknown }).Outputs);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

describe('the sender of mail', () => {
  const [identity] = template.ofType('AWS::SES::EmailIdentity');
  const [set] = template.ofType('AWS::SES::ConfigurationSet');

  test('is the domain of the stage’s address, whose mail is signed', () => {
    expect(identity?.properties).toMatchObject({ EmailIdentity: 'hub.example.org' });
    expect(references(at(identity!, 'ConfigurationSetAttributes'))).toEqual([set?.logicalId]);
    const outputs = outputsOf(prod);
    for (const record of [1, 2, 3]) expect(outputs).toContain(`DkimDNSTokenValue${String(record)}`);
  });

  test('sends over TLS only, and tells the account’s default bus of what does not arrive', () => {
    expect(set?.properties).toMatchObject({ DeliveryOptions: { TlsPolicy: 'REQUIRE' } });
    const [destination] = template.ofType('AWS::SES::ConfigurationSetEventDestination');
    expect(destination?.properties).toMatchObject({
      EventDestination: { Enabled: true, MatchingEventTypes: ['bounce', 'complaint'] },
    });
    expect(JSON.stringify(at(destination!, 'EventDestination'))).toContain(':event-bus/default');
  });

  test('is used by the functions that mail, and by no other', () => {
    const sending = template.ofType('AWS::IAM::Role').filter((role) => JSON.stringify(role).includes('"ses:'));
    expect(sending.map(({ logicalId }) => logicalId.replace(/Role.*$/, '')).toSorted()).toEqual([
      'MailDigest',
      'MailMailer',
    ]);
    for (const role of sending) {
      const statements = at(role, 'Policies', 0, 'PolicyDocument', 'Statement') as {
        Action: unknown;
        Resource: unknown;
      }[];
      const [statement, ...more] = statements.filter(({ Action }) => JSON.stringify(Action).includes('ses:'));
      expect(more).toEqual([]);
      expect(statement?.Action).toBe('ses:SendEmail');
      expect(JSON.stringify(statement?.Resource)).toMatch(/:configuration-set\/.*:identity\//);
      expect(JSON.stringify(statement?.Resource)).not.toContain('*');
    }
  });
});

test('the rules for mail fit into what EventBridge takes, and have each type once', () => {
  const patterns = template.ofType('AWS::Events::Rule').map((rule) => at(rule, 'EventPattern'));
  const mailed = patterns.filter((pattern) => /org\.oncology-hub\.[a-z.-]+\.v1/.test(JSON.stringify(pattern ?? '')));
  for (const pattern of mailed) expect(JSON.stringify(pattern).length).toBeLessThan(2048);
  const types = mailed.flatMap((pattern) => (pattern as { readonly 'detail-type': string[] })['detail-type']);
  expect(types.toSorted()).toEqual(MAILED_EVENT_TYPES.toSorted());
});

test('without a sender nobody is mailed, which an output says; links in older mail work', () => {
  const quiet = templateOf(withoutMail);
  const types = [...quiet.resources.values()].map(({ type }) => type);
  expect(types.filter((type) => type.startsWith('AWS::SES::'))).toEqual([]);
  const functions = quiet.ofType('AWS::Lambda::Function').map(({ logicalId }) => logicalId);
  expect(functions.filter((name) => name.startsWith('Mail')).map((name) => name.replace(/Function.*$/, ''))).toEqual([
    'MailUnsubscribe',
  ]);
  expect(outputsOf(withoutMail)).toContain('Nobody is mailed');
});
