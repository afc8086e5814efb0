import * as z from 'zod/mini';

import { defineRoutes } from '../shared/http/route.ts';
import { InvalidUnsubscribeLink } from './mail-errors.ts';

/** The page that ends mail, for who follows the link in one. */

const link = {
  path: '/v1/mail/unsubscribe',
  scopes: 'public',
  access: {},
  query: z.strictObject({ token: z.string().check(z.minLength(1), z.maxLength(512)) }),
  problems: [InvalidUnsubscribeLink],
} as const;

export const mailRoutes = defineRoutes({
  askToUnsubscribe: {
    ...link,
    operationId: 'askToUnsubscribe',
    method: 'GET',
    summary: 'The page behind the link that ends mail',
    description: 'It asks, and changes nothing: programs that look into mail follow links, too.',
    response: { status: 200, description: 'A web page with a button.', mediaType: 'text/html' },
  },
  unsubscribe: {
    ...link,
    operationId: 'unsubscribe',
    method: 'POST',
    summary: 'Mail a contact no more than what is essential',
    description:
      'What the page’s button does, and the one click of a mail program [RFC 8058]. The token is in each mail that is not essential; what comes in the body is not looked at. Done again, it changes nothing.',
    response: { status: 200, description: 'A web page that says so.', mediaType: 'text/html' },
  },
});

export { MAILED_EVENT_TYPES } from './mail-types.ts';
