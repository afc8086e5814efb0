import { describe, expect, test } from 'vitest';

import { checkBootstrap, checkDomain, checkPlace, checkStackStatus } from '../../lib/deploy/findings.ts';

const place = { stage: 'dev', stack: 'OncologyHub-dev', account: '111122223333', region: 'eu-central-1' };

describe('the stack', () => {
  test.each([undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])(
    'can be deployed to when it is %s',
    (status) => {
      expect(() => {
        checkStackStatus(place, status, true);
      }).not.toThrow();
    },
  );

  test.each([
    ['UPDATE_ROLLBACK_FAILED', false, 'npx cdk rollback OncologyHub-dev'],
    ['UPDATE_FAILED', true, 'npx cdk rollback OncologyHub-dev'],
    ['UPDATE_IN_PROGRESS', false, 'wait until it is over'],
    ['DELETE_IN_PROGRESS', false, 'wait until it is over'],
    ['ROLLBACK_COMPLETE', true, '--no-enable-termination-protection'],
    ['DELETE_FAILED', false, 'aws cloudformation delete-stack'],
  ])('cannot when it is %s (protected: %s), and the next step is %s', (status, isProtected, next) => {
    expect(() => {
      checkStackStatus(place, status, isProtected);
    }).toThrow(next);
  });

  test('is made again by the CDK when its first deployment failed and nothing protects it', () => {
    expect(() => {
      checkStackStatus(place, 'ROLLBACK_COMPLETE', false);
    }).not.toThrow();
  });
});

test.each([undefined, 'ROLLBACK_COMPLETE', 'DELETE_FAILED'])(
  'an account prepared as far as %s is not prepared',
  (status) => {
    expect(() => {
      checkBootstrap(place, status);
    }).toThrow('npx cdk bootstrap aws://111122223333/eu-central-1');
  },
);

test('the account must be the stage’s, when it names one', () => {
  expect(() => {
    checkPlace(place, { account: '999999999999' }, '');
  }).toThrow('These credentials are of account 111122223333, and stage dev lives in 999999999999.');
  expect(() => {
    checkPlace(place, { account: '111122223333' }, 'eu-central-1');
  }).not.toThrow();
});

test('the domain may be nobody’s or the stack’s own', () => {
  for (const owner of [undefined, 'ours']) {
    expect(() => {
      checkDomain(place, 'hub', owner, 'ours');
    }).not.toThrow();
  }
  expect(() => {
    checkDomain(place, 'hub', 'theirs', 'ours');
  }).toThrow('the user pool theirs');
});
