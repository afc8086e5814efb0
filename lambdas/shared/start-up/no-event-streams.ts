/** What S3 has for queries in objects, which nobody asks for. */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
export const eventStreamSerdeProvider = (): undefined => undefined;
