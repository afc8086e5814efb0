import type { InstitutionRepresentation } from '../../lambdas/institutions/registry-contract.ts';
import type { Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { api, apiWithToken, type Client } from './client.ts';
import { hub } from './hub.ts';

/** Institutions and their clients, as tests bring them about. */

export const anInstitutionBody = (over: object = {}) => ({
  kind: 'cancer-centre',
  name: { en: 'Oncology centre of the tests', ru: 'Онкологический центр' },
  city: { en: 'Dimitrovgrad', ru: 'Димитровград' },
  country: 'RU',
  timeZone: 'Europe/Ulyanovsk',
  services: ['radiotherapy'],
  ...over,
});

let operator: Promise<string> | undefined;

/** An admin of the Hub, who acts for an institution that nobody else has to do with. */
export async function anAdmin(): Promise<Client> {
  operator ??= hub.spareInstitution();
  return api(await operator, 'hub-admin');
}

/** An institution that was invited through the API. */
export async function anInvited(over: object = {}): Promise<InstitutionRepresentation> {
  return (await (await anAdmin()).call('createInstitution', { body: anInstitutionBody(over) })).ok;
}

type StatusAction = 'activate' | 'suspend' | 'leave';

/** Has an admin change an institution's status. */
export async function changeStatus(institutionId: string, action: StatusAction, options: object = {}) {
  return (await anAdmin()).call(`${action}Institution`, { params: { institutionId }, ...options });
}

/** A client of an institution, made by its coordinator. */
export async function aClient(institutionId: string, roles: readonly Role[] = ['integration']) {
  const made = await api(institutionId).call('createClient', { params: { institutionId }, body: { roles } });
  return made.ok;
}

/** Ends every client of an institution: there are not many for all tests together. */
export async function revokeClientsOf(institutionId: string): Promise<void> {
  const admin = await anAdmin();
  const { items } = (await admin.call('listClients', { params: { institutionId }, query: { limit: 100 } })).ok;
  const members = items.map(({ id }) => ({ kind: 'client', id }));
  await hub.invoke('InstitutionsMembers', { action: 'revoke', members });
}

/** A client of the API whose token says that it was got by this OAuth client. */
export async function apiByClient(institution: string, clientId: string, role: Role = 'coordinator'): Promise<Client> {
  return apiWithToken(await hub.token({ institution, role, claims: { client_id: clientId } }));
}
