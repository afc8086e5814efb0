import * as z from 'zod/mini';

import { NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';

export const Health = z
  .strictObject({ status: z.literal('ok'), version: z.string() })
  .register(z.globalRegistry, { id: 'Health' });

export const portalRoutes = defineRoutes({
  getHealth: {
    operationId: 'getHealth',
    method: 'GET',
    path: '/health',
    summary: 'Is the Hub up?',
    scopes: 'public',
    access: {},
    response: { status: 200, description: 'It is.', schema: Health },
    problems: [],
  },
  getOpenApi: {
    operationId: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description of the API',
    scopes: 'public',
    access: {},
    response: { status: 200, description: 'OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) },
    problems: [],
  },
  getDocs: {
    operationId: 'getDocs',
    method: 'GET',
    path: '/docs',
    summary: 'API reference to read and to try requests in',
    scopes: 'public',
    access: {},
    response: { status: 200, description: 'A web page.', mediaType: 'text/html' },
    problems: [],
  },
  getDocsAsset: {
    operationId: 'getDocsAsset',
    method: 'GET',
    path: '/docs/{asset}',
    summary: 'Scripts and styles of the API reference',
    scopes: 'public',
    access: {},
    params: z.strictObject({ asset: z.string() }),
    response: { status: 200, description: 'The file.', mediaType: '*/*' },
    problems: [NotFound],
  },
  getProblem: {
    operationId: 'getProblem',
    method: 'GET',
    path: '/problems/{code}',
    summary: 'What a refusal means and what to do about it',
    scopes: 'public',
    access: {},
    params: z.strictObject({ code: z.string() }),
    response: { status: 200, description: 'A web page.', mediaType: 'text/html' },
    problems: [NotFound],
  },
});
