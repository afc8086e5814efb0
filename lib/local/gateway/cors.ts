import type { IncomingHttpHeaders } from 'node:http';

import * as z from 'zod/mini';

import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import type { Reply } from './reply.ts';

const Cors = z.looseObject({
  AllowOrigins: z._default(z.array(z.string()), []),
  AllowMethods: z._default(z.array(z.string()), []),
  AllowHeaders: z._default(z.array(z.string()), []),
  ExposeHeaders: z._default(z.array(z.string()), []),
  MaxAge: z.optional(z.number()),
});

const ApiProperties = z.looseObject({ CorsConfiguration: z.optional(Cors) });

/**
 * What the gateway itself does for pages in browsers.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export interface CrossOrigin {
  /** The answer to a browser's question before a request; undefined when the request is no such question. */
  preflight(method: string, headers: IncomingHttpHeaders): Reply | undefined;
  /** What every answer to a page of an allowed origin carries. */
  headersFor(headers: IncomingHttpHeaders): Readonly<Record<string, string>>;
}

/** Reads what the template's API allows other origins. */
export function createCrossOrigin(template: Template, resolve: Resolve): CrossOrigin {
  const [api] = template.ofType('AWS::ApiGatewayV2::Api');
  const cors = ApiProperties.parse(resolve(api?.properties ?? {})).CorsConfiguration;

  const headersFor = ({ origin }: IncomingHttpHeaders): Record<string, string> => {
    if (cors === undefined || origin === undefined || !cors.AllowOrigins.includes(origin)) return {};
    return {
      'access-control-allow-origin': origin,
      ...(cors.ExposeHeaders.length > 0 && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
    };
  };

  return {
    headersFor,
    preflight: (method, headers) => {
      if (cors === undefined || method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) {
        return undefined;
      }
      const allowed = headersFor(headers);
      return {
        status: 204,
        cookies: [],
        body: '',
        headers:
          'access-control-allow-origin' in allowed
            ? {
                ...allowed,
                'access-control-allow-methods': cors.AllowMethods.join(','),
                'access-control-allow-headers': cors.AllowHeaders.join(','),
                ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
              }
            : {},
      };
    },
  };
}
