import { readFileSync } from 'node:fs';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { problemsOf } from '../../lib/openapi.ts';
import type { Received } from './http.ts';
import type { ApiRoute } from './routes.ts';

/** Holds every answer against the committed OpenAPI document. */

interface Documented {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content: Readonly<Record<string, { readonly schema?: object }>>;
}
type Paths = Readonly<Record<string, Record<string, { readonly responses: Record<string, Documented> }>>>;

export const committedDocument = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Paths;
};

const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, validateFormats: true });
addFormats.default(ajv);
ajv.addSchema(committedDocument, 'openapi');

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function validator(...pointer: readonly string[]): ValidateFunction {
  const validate = ajv.getSchema(`openapi#/${pointer.map(escaped).join('/')}`);
  if (validate === undefined) throw new Error(`The document has no ${pointer.join(' / ')}`);
  return validate;
}

/** @throws Error that says how the answer differs from what the document says of the operation */
export function assertDescribed(route: ApiRoute, { status, headers, bytes }: Received): void {
  const name = `${route.operationId} answered ${String(status)}`;
  const method = route.method.toLowerCase();
  const response = committedDocument.paths[route.path]?.[method]?.responses[String(status)];
  if (response === undefined) throw new Error(`${name}, which is not documented: ${bytes.toString().slice(0, 500)}`);

  for (const [header, { required }] of Object.entries(response.headers ?? {})) {
    if (required === true && headers[header.toLowerCase()] === undefined) throw new Error(`${name} without ${header}`);
  }
  const type = (headers['content-type'] ?? '').replace(/\s*;.*$/, '');
  const media = [type, '*/*'].find((known) => known in response.content);
  if (media === undefined) throw new Error(`${name} with the content type ${type}, which is not documented`);
  if (response.content[media]?.schema === undefined) return;

  const body: unknown = /[/+]json$/.test(type) ? JSON.parse(bytes.toString()) : bytes.toString();
  const validate = validator('paths', route.path, method, 'responses', String(status), 'content', media, 'schema');
  if (!validate(body)) throw new Error(`${name} with a body that does not fit: ${ajv.errorsText(validate.errors)}`);
  if (type === 'application/problem+json') assertProblemOf(route, name, body as ProblemBody);
}

function assertProblemOf(route: ApiRoute, name: string, { type, status }: ProblemBody): void {
  const known = problemsOf(route).find(({ code }) => type === `/problems/${code}`);
  if (known === undefined) throw new Error(`${name} with ${type}, which is not documented for it`);
  if (known.status !== status) throw new Error(`${name} with ${type}, which has the status ${String(known.status)}`);
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number | string;
  readonly detail: string;
  readonly instance: string;
  readonly correlationId: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  readonly [member: string]: unknown;
}
