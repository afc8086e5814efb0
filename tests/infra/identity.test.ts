import { describe, expect, test } from 'vitest';

import { SCOPES } from '../../lambdas/shared/auth/vocabulary.ts';
import { at, policiesIn, references, stage, templateOf } from '../support/stages.ts';

const prod = templateOf(stage('prod'));
const pool = prod.find('IdentityUserPool', 'AWS::Cognito::UserPool');

describe('the user pool', () => {
  test('asks everybody for a second factor in prod, made by an app and not sent by SMS', () => {
    expect(pool.properties).toMatchObject({ MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] });
    const lenient = { ...stage('dev'), signIn: { ...stage('dev').signIn, mfaRequired: false } };
    const ofDev = templateOf(lenient).find('IdentityUserPool', 'AWS::Cognito::UserPool');
    expect(at(ofDev, 'MfaConfiguration')).toBe('OPTIONAL');
  });

  test('lets nobody sign up, and is kept', () => {
    expect(pool.properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      DeletionProtection: 'ACTIVE',
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
    });
    expect(at(pool, 'Policies', 'PasswordPolicy', 'MinimumLength')).toBeGreaterThanOrEqual(12);
  });

  test('has every token pass the trigger, which may read one item of one table', () => {
    const trigger = at(pool, 'LambdaConfig', 'PreTokenGenerationConfig');
    expect(trigger).toMatchObject({ LambdaVersion: 'V3_0' });
    const name = references(trigger)[0] ?? '';
    expect(name).toContain('InstitutionsToken');
    const invoking = prod
      .ofType('AWS::Lambda::Permission')
      .filter((each) => references(at(each, 'FunctionName')).includes(name));
    expect(invoking.map((each) => at(each, 'Principal'))).toEqual(['cognito-idp.amazonaws.com']);
    expect(references(at(invoking[0]!, 'SourceArn'))).toEqual([pool.logicalId]);

    const [policy] = policiesIn(prod).filter(({ logicalId }) => logicalId.startsWith('InstitutionsToken'));
    const statements = policy!.document.Statement as { Action: string | string[] }[];
    expect(statements.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'dynamodb:GetItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });
});

describe('clients', () => {
  const clients = prod.ofType('AWS::Cognito::UserPoolClient');

  test('people’s is the only one declared: it has no secret and takes codes only', () => {
    expect(clients).toHaveLength(1);
    expect(clients[0]?.properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://hub.example.org/signed-in'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      RefreshTokenRotation: { Feature: 'ENABLED' },
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    });
    const scopes = at(clients[0]!, 'AllowedOAuthScopes') as unknown[];
    expect(scopes).toHaveLength(SCOPES.length + 1);
  });

  test('are told where to get tokens', () => {
    const portal = prod.find('PortalHttpFunction', 'AWS::Lambda::Function');
    const domain = prod.find('IdentityDomain', 'AWS::Cognito::UserPoolDomain');
    expect(references(at(portal, 'Environment', 'Variables', 'SIGN_IN_URL'))).toContain(domain.logicalId);
  });

  test('the gateway takes its tokens as deployed, and a job may add others to that one authorizer', () => {
    const [authorizer] = prod.ofType('AWS::ApiGatewayV2::Authorizer');
    expect(references(at(authorizer!, 'JwtConfiguration', 'Audience'))).toEqual([clients[0]?.logicalId]);

    const job = prod.find('InstitutionsAdmissionFunction', 'AWS::Lambda::Function');
    expect(references(at(job, 'Environment', 'Variables', 'DECLARED_CLIENTS'))).toEqual([clients[0]?.logicalId]);
    const [policy] = policiesIn(prod).filter(({ logicalId }) => logicalId.startsWith('InstitutionsAdmission'));
    const statements = policy!.document.Statement as { Action: string | string[]; Resource: unknown }[];
    const onGateway = statements.filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('apigateway')),
    );
    expect(onGateway.map(({ Action }) => Action)).toEqual([['apigateway:GET', 'apigateway:PATCH']]);
    expect(references(onGateway[0]?.Resource)).toContain(authorizer?.logicalId);
  });

  test('CloudFormation is given no reason to write the authorizer anew: if there is one, read ADR 0028 first', () => {
    const [authorizer] = prod.ofType('AWS::ApiGatewayV2::Authorizer');
    expect(Object.keys(authorizer?.properties ?? {}).toSorted()).toEqual([
      'ApiId',
      'AuthorizerType',
      'IdentitySource',
      'JwtConfiguration',
      'Name',
    ]);
  });
});
