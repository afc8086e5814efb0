import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Stands in for `@aws-sdk/credential-provider-node` in the bundles: Lambda always has its credentials in the environment. */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
