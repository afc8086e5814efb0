import type { ProblemType } from './problem.ts';

/** Refusals every context shares. A context's own are in its `errors.ts`. */

export const MalformedJson: ProblemType = {
  code: 'malformed-json',
  status: 400,
  title: 'The body is not JSON',
  advice: 'Send one JSON document in UTF-8. Nothing was changed.',
};

export const InvalidParameter: ProblemType = {
  code: 'invalid-parameter',
  status: 400,
  title: 'A query parameter or header is not valid',
  advice: '`errors` names each parameter and what it must look like. Unknown query parameters are refused too.',
};

export const InvalidCursor: ProblemType = {
  code: 'invalid-cursor',
  status: 400,
  title: 'The cursor is not one this list gave out',
  advice:
    'Follow the `next` link of the page before, unchanged, with the same filters. A cursor belongs to one list of one institution; to start again, leave it out.',
};

export const IdempotencyKeyMissing: ProblemType = {
  code: 'idempotency-key-missing',
  status: 400,
  title: 'The Idempotency-Key header is missing',
  advice:
    'Send `Idempotency-Key` with a value of your own, new for each thing you want done (a UUID is good), and repeat the same key when you repeat the request after a lost reply.',
};

export const NotAcceptable: ProblemType = {
  code: 'not-acceptable',
  status: 406,
  title: 'The answer is not to be had in the media type you accept',
  advice:
    'Send an `Accept` header with one of the media types the API reference names for this route, or none for JSON.',
};

export const Unauthorized: ProblemType = {
  code: 'unauthorized',
  status: 401,
  title: 'No valid access token',
  advice:
    'Send `Authorization: Bearer <access token>` with a current token of the Hub’s issuer. Tokens live for one hour; ask for a new one when yours has expired.',
};

export const Forbidden: ProblemType = {
  code: 'forbidden',
  status: 403,
  title: 'The access token lacks the scope of this route',
  advice: 'Ask the issuer for a token with a scope that the API reference names for this route.',
};

export const TokenIncomplete: ProblemType = {
  code: 'token-incomplete',
  status: 403,
  title: 'The access token names no subject, no institution or no role',
  advice: 'Have an admin of the Hub bind your client or account to your institution and give it a role.',
};

export const RoleNotPermitted: ProblemType = {
  code: 'role-not-permitted',
  status: 403,
  title: 'Your role may not do this',
  advice:
    '`permittedRoles` names the roles that may; where it is empty, this is for the other side of the agreement to do. Nothing was changed.',
};

export const InstitutionNotActive: ProblemType = {
  code: 'institution-not-active',
  status: 403,
  title: 'Your institution is not an active partner',
  advice:
    'Only active partners offer capacity and conclude agreements. Ask an admin of the Hub about your institution’s status.',
};

export const NamedInstitutionNotActive: ProblemType = {
  code: 'named-institution-not-active',
  status: 409,
  uncounted: true,
  title: 'An institution that is named is not an active partner',
  advice:
    '`institutions` names those that the Hub does not know as active partners. One that was registered a moment ago is known in a few seconds.',
};

export const InstitutionSuspended: ProblemType = {
  code: 'institution-suspended',
  status: 403,
  title: 'Your institution is suspended, or has left the Hub',
  advice:
    'Nothing can be read or changed in its name; what was agreed and booked stands. Ask an admin of the Hub. When the institution is activated again, the same clients and accounts work again.',
};

export const NotFound: ProblemType = {
  code: 'not-found',
  status: 404,
  title: 'No such resource',
  advice: 'Check the id and the path. What belongs to other institutions answers exactly like what does not exist.',
};

export const StaleVersion: ProblemType = {
  code: 'stale-version',
  status: 412,
  title: 'The resource has changed since you read it',
  advice: 'Read it again, apply your change to what it says now, and send the new `ETag` as `If-Match`.',
};

export const BodyTooLarge: ProblemType = {
  code: 'body-too-large',
  status: 413,
  title: 'The body is larger than 64 KiB',
  advice: 'No request of this API needs more. Nothing was changed.',
};

export const UnsupportedMediaType: ProblemType = {
  code: 'unsupported-media-type',
  status: 415,
  title: 'The body is not declared as JSON',
  advice: 'Send `Content-Type: application/json`.',
};

export const InvalidContent: ProblemType = {
  code: 'invalid-content',
  status: 422,
  title: 'The body does not fit this request',
  advice:
    '`errors` gives a JSON pointer to each field at fault and what it must be. Unknown fields are refused, so that a misspelt one is never silently ignored.',
};

export const IdempotencyKeyReused: ProblemType = {
  code: 'idempotency-key-reused',
  status: 422,
  title: 'This Idempotency-Key was used for another request',
  advice: 'Use a new key for a new request. Repeat a key only with exactly the body it was first sent with.',
};

export const IfMatchMissing: ProblemType = {
  code: 'if-match-missing',
  status: 428,
  title: 'The If-Match header is missing',
  advice:
    'Read the resource and send its `ETag` as `If-Match`, so that nobody’s change is overwritten unseen. `*` is not accepted.',
};

export const RateLimited: ProblemType = {
  code: 'rate-limited',
  status: 429,
  title: 'Your client sends too many requests',
  advice:
    'Wait for `Retry-After` seconds; until then every request of this client is refused, unseen. Then send less: follow `next` links instead of asking again, and wait longer after each refusal. Others are not affected.',
};

export const InternalError: ProblemType = {
  code: 'internal-error',
  status: 500,
  title: 'The Hub failed to answer',
  advice:
    'Repeat the request with the same `Idempotency-Key`: nothing is done twice. If it happens again, tell the Hub’s operators the `correlationId`.',
};

export const Busy: ProblemType = {
  code: 'busy',
  status: 503,
  title: 'Too many at once',
  advice:
    'Wait for `Retry-After` seconds and repeat the request with the same `Idempotency-Key`: nothing is done twice.',
};

export const COMMON_PROBLEMS: readonly ProblemType[] = [
  MalformedJson,
  InvalidParameter,
  InvalidCursor,
  IdempotencyKeyMissing,
  NotAcceptable,
  Unauthorized,
  Forbidden,
  TokenIncomplete,
  RoleNotPermitted,
  InstitutionNotActive,
  InstitutionSuspended,
  NamedInstitutionNotActive,
  NotFound,
  StaleVersion,
  BodyTooLarge,
  UnsupportedMediaType,
  InvalidContent,
  IdempotencyKeyReused,
  IfMatchMissing,
  RateLimited,
  InternalError,
  Busy,
];
