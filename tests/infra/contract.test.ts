import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import type { Template } from '../../lib/local/template/template.ts';
import { ALL_PROBLEMS, openApiDocument } from '../../lib/openapi.ts';
import { committedDocument } from '../support/described.ts';
import { hubTemplate } from '../support/hub.ts';
import { ALL_ROUTES } from '../support/routes.ts';
import { at, references } from '../support/stages.ts';

let template: Template;
beforeAll(async () => {
  template = await hubTemplate();
});

describe('the API', () => {
  test('has exactly the routes of the contracts, each with its scopes', () => {
    const routes = template.ofType('AWS::ApiGatewayV2::Route').map((route) => ({
      key: at(route, 'RouteKey'),
      scopes: at(route, 'AuthorizationScopes') ?? 'public',
      authorization: at(route, 'AuthorizationType') ?? 'NONE',
    }));
    const contracts = ALL_ROUTES.map(({ method, path, scopes }) => ({
      key: `${method} ${path}`,
      scopes,
      authorization: scopes === 'public' ? 'NONE' : 'JWT',
    }));

    const byKey = (a: { key: unknown }, b: { key: unknown }) => String(a.key).localeCompare(String(b.key));
    expect(routes.toSorted(byKey)).toEqual(contracts.toSorted(byKey));
  });

  test('is open without a token on a few named routes only', () => {
    const open = ALL_ROUTES.filter(({ scopes }) => scopes === 'public').map(({ path }) => path);
    // Who ends mail shows a link that the Hub has signed.
    const signed = ['/v1/mail/unsubscribe', '/v1/mail/unsubscribe'];
    // Credentials are verified by whoever is shown one.
    const verified = ['/.well-known/did.json', '/v1/credential-status-lists/{list}', '/v1/credentials/{credentialId}'];
    // Programs subscribe to calendars: to public ones, or by a link that the Hub has signed.
    const subscribed = ['/v1/calendar.ics', '/v1/events/{eventId}/calendar.ics'];
    const shown = ['/docs', '/docs/{asset}', '/health', '/openapi.json', '/problems/{code}'];
    expect(open.toSorted()).toEqual([...shown, ...verified, ...signed, ...subscribed].toSorted());
  });

  test('asks for a write scope wherever something is changed', () => {
    const changing = ALL_ROUTES.filter(({ method, operationId }) => method !== 'GET' && operationId !== 'unsubscribe');
    expect(changing.filter(({ scopes }) => !String(scopes).endsWith('.write'))).toEqual([]);
  });

  test('asks for a key wherever something is made, and for an ETag wherever something is changed', () => {
    const making = ALL_ROUTES.filter(({ response }) => response.status === 201);
    const changing = ALL_ROUTES.filter(({ method }) => ['PATCH', 'PUT', 'DELETE'].includes(method));
    expect(making.filter(({ idempotencyKey }) => idempotencyKey !== 'required')).toEqual([]);
    expect(changing.filter(({ ifMatch }) => ifMatch !== 'required')).toEqual([]);
  });

  test('may invoke the functions it sends requests to', () => {
    const targets = template
      .ofType('AWS::ApiGatewayV2::Integration')
      .flatMap((integration) => references(at(integration, 'IntegrationUri')));
    const permitted = template
      .ofType('AWS::Lambda::Permission')
      .filter((permission) => at(permission, 'Principal') === 'apigateway.amazonaws.com')
      .flatMap((permission) => references(at(permission, 'FunctionName')));
    expect([...new Set(permitted)].toSorted()).toEqual([...new Set(targets)].toSorted());
  });
});

describe('the description', () => {
  test('that is committed is the one the contracts make: run `npm run openapi`', () => {
    expect(committedDocument).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  test('names every problem in the code', async () => {
    const modules = readdirSync('lambdas', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const codes = modules.flatMap((file) =>
      [...readFileSync(join('lambdas', file), 'utf8').matchAll(/^ {2}code: '([a-z-]+)',\n {2}status: \d{3},/gm)].map(
        ([, code]) => code,
      ),
    );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.toSorted()).toEqual(ALL_PROBLEMS.map(({ code }) => code).toSorted());
  });

  test('gives each problem one code', () => {
    expect(new Set(ALL_PROBLEMS.map(({ code }) => code)).size).toBe(ALL_PROBLEMS.length);
  });

  test('gives each operation one id', () => {
    expect(new Set(ALL_ROUTES.map(({ operationId }) => operationId)).size).toBe(ALL_ROUTES.length);
  });
});
