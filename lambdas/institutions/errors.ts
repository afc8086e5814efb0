import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of the institutions context, each named after the precondition that failed. */

export const UnknownCountry: ProblemType = {
  code: 'unknown-country',
  status: 422,
  title: 'There is no such country code',
  advice: 'Send a code of ISO 3166-1 alpha-2 in capital letters, such as `KZ`. Codes of former countries are none.',
};

export const UnknownRegion: ProblemType = {
  code: 'unknown-region',
  status: 422,
  title: 'The country has no such region',
  advice:
    'Send a code of ISO 3166-2 that begins with the institution’s country, such as `RU-ULY` for `RU`, or none. When the country changes, send the new region with it, or `null`.',
};

export const UnknownTimeZone: ProblemType = {
  code: 'unknown-time-zone',
  status: 422,
  title: 'There is no such time zone',
  advice: 'Send a name of the IANA time zone database, such as `Asia/Bishkek`. An offset such as `+06:00` is none.',
};

export const RorIdMistyped: ProblemType = {
  code: 'ror-id-mistyped',
  status: 422,
  title: 'The checksum of the ROR id does not fit',
  advice: 'A character is wrong. Copy the id from https://ror.org, such as `https://ror.org/03yrm5c26`.',
};

export const InstitutionStateConflict: ProblemType = {
  code: 'institution-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The institution’s status does not allow this',
  advice:
    '`institutionStatus` says where the institution is, `allowedFrom` where it would have to be. Nothing was changed. Who has left does not come back: register the institution anew.',
};

export const OwnInstitution: ProblemType = {
  code: 'own-institution',
  status: 409,
  uncounted: true,
  title: 'You cannot suspend the institution you act for',
  advice: 'You would be the first to be shut out. Have an admin who acts for another institution do it.',
};

export const LastAdmin: ProblemType = {
  code: 'last-admin',
  status: 409,
  uncounted: true,
  title: 'The Hub would have no admin any more',
  advice: 'Enrol a `hub-admin` of another institution first. Nothing was changed.',
};

export const LastCoordinator: ProblemType = {
  code: 'last-coordinator',
  status: 409,
  uncounted: true,
  title: 'The institution would have no coordinator any more',
  advice: 'Give another account or client of the institution the role `coordinator` first. Nothing was changed.',
};

export const RoleNotGrantable: ProblemType = {
  code: 'role-not-grantable',
  status: 403,
  title: 'Only an admin of the Hub gives this role',
  advice: '`hub-admin` and `auditor` see every institution’s data. Ask an admin of the Hub.',
};

export const TooManyClients: ProblemType = {
  code: 'too-many-clients',
  status: 409,
  uncounted: true,
  title: 'The gateway can take no more clients',
  advice:
    'All partners together have at most `limit` clients. Revoke one that nobody uses, or ask an admin of the Hub.',
};

export const ClientRevoked: ProblemType = {
  code: 'client-revoked',
  status: 409,
  uncounted: true,
  title: 'The client is revoked',
  advice: 'A revoked client gets no tokens and no secrets any more. Make another one.',
};

export const ClientInUse: ProblemType = {
  code: 'client-in-use',
  status: 409,
  uncounted: true,
  title: 'You are using this client right now',
  advice: 'Revoke it with a token of another client or account, so that nobody is locked out by mistake.',
};

export const ClientHasTwoSecrets: ProblemType = {
  code: 'client-has-two-secrets',
  status: 409,
  uncounted: true,
  title: 'The client has two secrets already',
  advice: 'Have the system use the newer one, then retire the older one with `retire-secret`, and rotate again.',
};

export const ClientHasOneSecret: ProblemType = {
  code: 'client-has-one-secret',
  status: 409,
  uncounted: true,
  title: 'The client has one secret only',
  advice: 'Without it the client could get no tokens. Give it a second one first, with `rotate-secret`.',
};

export const INSTITUTION_PROBLEMS: readonly ProblemType[] = [
  UnknownCountry,
  UnknownRegion,
  UnknownTimeZone,
  RorIdMistyped,
  InstitutionStateConflict,
  OwnInstitution,
  LastAdmin,
  LastCoordinator,
  RoleNotGrantable,
  TooManyClients,
  ClientRevoked,
  ClientInUse,
  ClientHasTwoSecrets,
  ClientHasOneSecret,
];
