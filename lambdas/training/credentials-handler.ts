import { decodeJwt } from 'jose';
import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { mediaTypeFor } from '../shared/http/media-type.ts';
import { created, ok, type Reply } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { eraseAttendeeName } from './attendance-operations.ts';
import { AttendancesTable } from './attendances-table.ts';
import { type CredentialRepresentation, HTML, credentialRoutes as routes, SVG, VC_JWT } from './credential-contract.ts';
import type { Credential } from './credential-model.ts';
import {
  getCertified,
  getDidDocument,
  getStatusList,
  issueAttendance,
  issueCredential,
  readCredential,
  revokeCredential,
} from './credential-operations.ts';
import { certificate, credentialPage } from './credential-pages.ts';
import type { CredentialPorts } from './credential-ports.ts';
import { CredentialsTable } from './credentials-table.ts';
import { credentialUrl, issuerAt } from './open-badge.ts';
import { portsOn } from './ports.ts';
import { SigningKey } from './signing-key.ts';

const table = deployedTable();
const issuer = issuerAt(environment('API_URL'));
const ports: CredentialPorts = {
  ...portsOn(table),
  credentials: new CredentialsTable(table),
  attendances: new AttendancesTable(table),
  partners: new PartnersTable(table),
  issuer,
  key: await SigningKey.of(environment('CREDENTIAL_SECRET')),
};

/** Pages and pictures of the Hub's own: nothing is loaded, nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const FIVE_MINUTES = 'public, max-age=300';

/** What was signed, as far as it is looked at here. */
const Signed = z.looseObject({
  id: z.string(),
  type: z.array(z.string()),
  name: z.string(),
  credentialSubject: z.looseObject({
    activityStartDate: z.string(),
    activityEndDate: z.string(),
    achievement: z.looseObject({ creator: z.looseObject({ name: z.string() }) }),
  }),
});

/** The credential without what makes a JWT of it. */
function signedIn(jwt: string): z.infer<typeof Signed> {
  const { iss: _, jti: __, sub: ___, nbf: ____, ...credential } = decodeJwt(jwt);
  return Signed.parse(credential);
}

function shown({ id, status, issuedAt, revokedAt, jwt }: Credential): CredentialRepresentation {
  return { id, status, issuedAt, ...(revokedAt === undefined ? {} : { revokedAt }), jwt, credential: signedIn(jwt) };
}

const credential = (value: Credential) => ({ body: shown(value), version: value.version });

function asPage(value: Credential): Reply {
  const { name, credentialSubject } = signedIn(value.jwt);
  const { activityStartDate, activityEndDate, achievement } = credentialSubject;
  const [from, to] = [activityStartDate, activityEndDate].map((at) => at.slice(0, 10));
  const says = { name, host: achievement.creator.name, from: from ?? '', to: to ?? '' };
  return {
    body: credentialPage(shown(value), says),
    media: { type: 'text/html; charset=utf-8', contentSecurityPolicy: POLICY },
  };
}

export const handler = serve(routes, guardsOn(table), [
  on(routes.issueCredential, async ({ params, ...request }) => {
    const { value, replayed } = await issueCredential(ports, { ...request, ...params });
    return created(`/v1/credentials/${value.id}`, credential(value), replayed);
  }),
  on(routes.issueAttendanceCredential, async ({ params, ...request }) => {
    const { value, replayed } = await issueAttendance(ports, { ...request, ...params });
    return created(`/v1/credentials/${value.id}`, credential(value), replayed);
  }),
  on(routes.eraseAttendeeName, async ({ permission, params: { registrationId } }) => {
    await eraseAttendeeName(ports, permission, registrationId);
    return { body: { registrationId } };
  }),
  on(routes.getCredential, async ({ params: { credentialId }, accept }) => {
    const mediaType = mediaTypeFor(routes.getCredential, accept);
    const value = await readCredential(ports, credentialId);
    if (mediaType === VC_JWT) return { body: value.jwt, media: { type: VC_JWT } };
    return mediaType === HTML ? asPage(value) : { body: shown(value) };
  }),
  on(routes.revokeCredential, async ({ params, ...request }) => {
    const { value, replayed } = await revokeCredential(ports, { ...request, ...params });
    return ok(credential(value), replayed);
  }),
  on(routes.getCertificate, async ({ permission, params: { credentialId }, query: { language } }) => ({
    body: certificate(
      await getCertified(ports, permission, credentialId),
      credentialUrl(issuer, credentialId),
      language,
    ),
    media: { type: SVG, contentSecurityPolicy: POLICY },
  })),
  on(routes.getCredentialStatusList, async ({ params: { list } }) => ({
    body: await getStatusList(ports, Number(list)),
    media: { type: VC_JWT, cacheControl: FIVE_MINUTES },
  })),
  on(routes.getDidDocument, async () => ({
    body: JSON.stringify(await getDidDocument(ports)),
    media: { type: 'application/json', cacheControl: FIVE_MINUTES },
  })),
]);
