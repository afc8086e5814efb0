import { describe, expect, test } from 'vitest';

import { tokenContents } from '../../lambdas/institutions/model.ts';
import { ROLES, type Role, SCOPES, scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';

const INSTITUTION = '019a8f3e-7c00-7a11-8000-000000000001';
const MEMBERS = 'hub/institutions.members';
const READING = [
  'hub/institutions.read',
  MEMBERS,
  'hub/agreements.read',
  'hub/documents.read',
  'hub/quotas.read',
  'hub/training.read',
  'hub/events.read',
  'hub/audit.read',
  'hub/notifications.read',
];
const COORDINATING = SCOPES.filter((scope) => scope !== 'hub/admin');
/** Without whom to call at partners, and who did what. */
const WORKING = COORDINATING.filter((scope) => scope !== MEMBERS && scope !== 'hub/audit.read');

describe('the scopes of a role', () => {
  const EXPECTED: Readonly<Record<Role, readonly string[]>> = {
    'hub-admin': SCOPES,
    coordinator: COORDINATING,
    clinician: WORKING,
    'commission-member': WORKING,
    auditor: READING,
    integration: WORKING,
  };

  test.each(ROLES)('%s', (role) => {
    expect(scopesOf([role])).toEqual(EXPECTED[role]);
  });

  test('add up, and nobody has any without a role', () => {
    expect(scopesOf(['auditor', 'coordinator'])).toEqual(COORDINATING);
    expect(scopesOf(['auditor', 'clinician'])).toEqual(COORDINATING);
    expect(scopesOf([])).toEqual([]);
  });
});

describe('a token', () => {
  test('says for whom and as what its bearer acts', () => {
    const { claims } = tokenContents({ institutionId: INSTITUTION, roles: ['clinician', 'auditor'] });
    expect(claims).toEqual({ institution_id: INSTITUTION, roles: ['clinician', 'auditor'] });
  });

  test.each(ROLES)('of the %s keeps the scopes of the role and no other', (role) => {
    const { withheldScopes } = tokenContents({ institutionId: INSTITUTION, roles: [role] });
    expect(SCOPES.filter((scope) => !withheldScopes.includes(scope))).toEqual(scopesOf([role]));
  });
});
