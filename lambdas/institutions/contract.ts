import { defineRoutes } from '../shared/http/route.ts';
import { clientRoutes } from './client-contract.ts';
import { contactRoutes } from './contact-contract.ts';
import { registryRoutes } from './registry-contract.ts';

/** All routes of the institutions context, by the function that serves them. */

/** The registry and the contacts. */
export const institutionRoutes = defineRoutes({ ...registryRoutes, ...contactRoutes });

/** What needs the issuer of tokens: apart, so that no other request has to load a client of it. */
export const systemRoutes = clientRoutes;
