import { describe, expect, test } from 'vitest';

import { StageConfigError, stageConfig } from '../../lib/stage-config.ts';
import { committedStages } from '../support/stages.ts';

/** What is said of a stage's settings when some of them are changed; an undefined value takes the setting away. */
function complaint(stage: 'dev' | 'prod', changes: Record<string, unknown>): string {
  const stages = committedStages();
  const settings = Object.entries({ ...stages[stage], ...changes }).filter(([, value]) => value !== undefined);
  try {
    stageConfig(stage, { ...stages, [stage]: Object.fromEntries(settings) });
  } catch (error) {
    if (error instanceof StageConfigError) return error.message;
    throw error;
  }
  return '';
}

test('the committed settings are those of dev, and of prod once an admin has added what only they know', () => {
  expect(stageConfig('dev', committedStages())).toMatchObject({ stage: 'dev', region: 'eu-central-1' });
  expect(stageConfig('prod', committedStages())).toMatchObject({ stage: 'prod', keepData: true, recoveryDays: 35 });
});

test('another stage, or none, is refused with those that there are', () => {
  expect(() => stageConfig('staging', committedStages())).toThrow(
    'There is no stage "staging". Write -c stage=dev or -c stage=prod.',
  );
  expect(() => stageConfig(undefined, committedStages())).toThrow('The stage is missing. Write -c stage=dev');
});

test('without any settings every one is asked for', () => {
  const refuse = (stages: unknown) => {
    try {
      stageConfig('dev', stages);
    } catch (error) {
      return String(error);
    }
    return '';
  };
  for (const stages of [undefined, {}, 'text', { dev: null }]) {
    const said = refuse(stages);
    for (const setting of ['region', 'keepData', 'recoveryDays', 'alarmRecipients', 'throttle', 'signIn']) {
      expect(said).toContain(`stages.dev.${setting}: Write `);
    }
  }
});

describe('a wrong value is refused with what to write instead:', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
  const certificate = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
  test.each<[string, Record<string, unknown>, string]>([
    ['no region', { region: undefined }, 'region: Write the AWS region the data is kept in, such as "eu-central-1".'],
    ['no such region', { region: 'Frankfurt' }, 'region: Write an AWS region, such as "eu-central-1".'],
    [
      'an account as a number',
      { account: 111122223333 },
      'account: Write the AWS account’s number, 12 digits in quotes',
    ],
    ['a short account', { account: '1234' }, 'account: Write the AWS account’s number, 12 digits'],
    ['a word for a truth', { keepData: 'yes' }, 'keepData: Write true or false: is the data kept'],
    ['too many days', { recoveryDays: 36 }, 'recoveryDays: DynamoDB can restore at most the last 35 days.'],
    ['no days', { recoveryDays: 0 }, 'recoveryDays: Write for how many days tables can be restored as a whole number'],
    [
      'days no log is kept',
      { logRetentionDays: 45 },
      'logRetentionDays: Write for how many days logs are kept: 7, 14,',
    ],
    ['no address', { alarmRecipients: ['the doctor'] }, 'alarmRecipients.0: Write an e-mail address'],
    ['no list', { alarmRecipients: 'a@example.org' }, 'alarmRecipients: Write a list of e-mail addresses'],
    [
      'a client that may send all',
      { throttle: { ratePerSecond: 50, burst: 100, perClient: 50 } },
      'throttle.perClient: Write less than 50: one client must leave something to the others.',
    ],
    [
      'no limit for a client',
      { throttle: { ratePerSecond: 50, burst: 100 } },
      'throttle.perClient: Write how many requests a second one client may send',
    ],
    ['half a throttle', { throttle: { burst: 5 } }, 'throttle.ratePerSecond: Write how many requests a second'],
    ['a closed throttle', { throttle: { ratePerSecond: 0, burst: 5 } }, 'throttle.ratePerSecond: Write how many'],
    ['an origin with a path', { allowedOrigins: ['https://a.example/x'] }, 'allowedOrigins.0: Write the origin alone'],
    ['an open origin', { allowedOrigins: ['http://a.example'] }, 'allowedOrigins.0: Write an https address'],
    ['every origin', { allowedOrigins: ['*'] }, 'allowedOrigins.0: Write a web address'],
    [
      'nowhere to come back to',
      { signIn: { callbackUrls: [], logoutUrls: [], mfaRequired: true } },
      'signIn.callbackUrls: Write at least one address',
    ],
    [
      'a replica in place',
      { replicas: [{ region: 'eu-central-1', keyArn: key }] },
      'replicas.0.region: Write another region',
    ],
    [
      'a key of elsewhere',
      { replicas: [{ region: 'eu-north-1', keyArn: key }] },
      'replicas.0.keyArn: Write the ARN of a key in eu-north-1',
    ],
    ['no key', { replicas: [{ region: 'eu-north-1' }] }, 'replicas.0.keyArn: Write the ARN of a KMS key'],
    [
      'a domain with a scheme',
      { domain: { name: 'https://a.example', certificateArn: certificate } },
      'domain.name: Write the API’s host name in lower case',
    ],
    [
      'a certificate of elsewhere',
      { domain: { name: 'a.example', certificateArn: certificate } },
      'domain.certificateArn: Write the ARN of a certificate in eu-central-1',
    ],
    ['mail from nobody', { mail: {} }, 'mail.sender: Write the address that mail is sent from'],
    [
      'mail from somebody with a name',
      { mail: { sender: 'The Hub <hub@a.example>' } },
      'mail.sender: Write the address that mail is sent from in lower case',
    ],
    ['a setting there is not', { regoin: 'eu-central-1' }, 'stages.dev: Remove regoin: there is no such setting.'],
  ])('%s', (_, changes, said) => {
    expect(complaint('dev', changes)).toContain(said);
  });
});

describe('prod is refused', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['without its account', { account: undefined }, 'stages.prod.account: Write the number of the AWS account'],
    ['without anybody to alarm', { alarmRecipients: [] }, 'stages.prod.alarmRecipients: Write at least one e-mail'],
    ['when its data goes with it', { keepData: false }, 'stages.prod.keepData: Write true'],
    ['when it can be restored for less than 35 days', { recoveryDays: 34 }, 'stages.prod.recoveryDays: Write 35'],
    [
      'without a second factor',
      { signIn: { callbackUrls: ['https://a.example'], logoutUrls: [], mfaRequired: false } },
      'stages.prod.signIn.mfaRequired: Write true',
    ],
  ])('%s', (_, changes, said) => {
    expect(complaint('prod', changes)).toContain(said);
  });

  test('as it is committed, with everything that is missing', () => {
    expect(complaint('prod', { account: undefined, alarmRecipients: [] }).split('\n')).toHaveLength(3);
  });
});
