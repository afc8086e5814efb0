/**
 * Stands in for the SDK's endpoint discovery in the bundles: DynamoDB's client has it switched off, but would bring a
 * cache for it.
 */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};
