import { describe, expect, test } from 'vitest';

import { hub, hubFacts } from '../support/hub.ts';
import { stage } from '../support/stages.ts';

const [ORIGIN = ''] = stage('dev').allowedOrigins;

async function ask(path: string, init: RequestInit) {
  const { url } = await hubFacts();
  return fetch(`${url}${path}`, init);
}

const question = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,idempotency-key',
  },
});

describe('a page of an allowed origin', () => {
  test('may send what the API asks for', async () => {
    const answer = await ask('/v1/pools', question(ORIGIN));
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-methods')?.split(',')).toEqual([
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
    ]);
    const headers = answer.headers.get('access-control-allow-headers')?.split(',');
    expect(headers).toEqual(expect.arrayContaining(['authorization', 'idempotency-key', 'if-match']));
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('may read answers, refusals, and the headers it needs', async () => {
    const token = await hub.token({ institution: 'kazior', role: 'coordinator' });
    for (const [headers, status] of [
      [{ origin: ORIGIN, authorization: `Bearer ${token}` }, 200],
      [{ origin: ORIGIN }, 401],
    ] as const) {
      const answer = await ask('/v1/me', { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-correlation-id');
    }
  });
});

test('a page of any other origin may neither ask nor read', async () => {
  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null']) {
    const answers = [await ask('/v1/pools', question(origin)), await ask('/health', { headers: { origin } })];
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('a program that names no origin is told nothing of origins', async () => {
  const { headers } = await ask('/health', {});
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
});
