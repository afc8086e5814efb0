/**
 * List prices of us-east-1 in USD, without volume discounts, and without free tiers where nothing else is said. As known
 * in 2025; nothing here asks AWS. Each says which page to check it against. Other regions cost more: eu-central-1 some
 * 10 to 30 % for most of it.
 */
export const PRICES = {
  /** Per write request unit on demand. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625e-6,
  /** Per read request unit on demand. Same page. */
  readUnit: 0.125e-6,
  /** Per replicated write unit and replica region. Same page; since November 2024 as much as a write. */
  replicatedWriteUnit: 0.625e-6,
  /** Per GB of table and month. Same page. */
  tableGigabyteMonth: 0.25,
  /** Per GB of table that can be restored to any second, and month. Same page. */
  recoveryGigabyteMonth: 0.2,
  /** Per event put on a bus of one's own, of up to 64 KB. https://aws.amazon.com/eventbridge/pricing/ */
  busEvent: 1.0e-6,
  /** Per request to a standard queue. https://aws.amazon.com/sqs/pricing/ */
  queueRequest: 0.4e-6,
  /** Per mail sent. https://aws.amazon.com/ses/pricing/ */
  mail: 0.1e-3,
  /** Per request to an HTTP API, of up to 512 KB. https://aws.amazon.com/api-gateway/pricing/ */
  apiRequest: 1.0e-6,
  /** Per invocation. https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2e-6,
  /** Per GB of memory and second, arm64. Same page. */
  gigabyteSecond: 0.0000133334,
  /** Per GB of logs taken in, standard class. https://aws.amazon.com/cloudwatch/pricing/ */
  logGigabyte: 0.5,
  /** Per GB of logs kept and month; AWS counts them compressed. Same page. */
  logGigabyteMonth: 0.03,
  /** Per metric of one's own and month, the first 10,000. Same page. */
  metricMonth: 0.3,
  /** Per alarm on one metric and month; an alarm on an expression pays for each metric in it. Same page. */
  alarmMetricMonth: 0.1,
  /** Per composite alarm and month. Same page. */
  compositeAlarmMonth: 0.5,
  /** Per dashboard and month. Same page; an account's first three are free. */
  dashboardMonth: 3,
  /** Per key and month. https://aws.amazon.com/kms/pricing/ The first two yearly rotations add as much again, each. */
  keyMonth: 1,
  /** Per request to KMS. Same page. */
  keyRequest: 0.03e-4,
  /** Per secret and month. https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** Per app client for machines and month, up to a hundred. https://aws.amazon.com/cognito/pricing/ */
  systemClientMonth: 6,
  /** Per token for a machine, the first 250,000 a month. Same page. */
  systemToken: 2.25e-3,
  /** Per person who signs in during a month, tier Essentials, beyond the first 10,000, which are free. Same page. */
  activeUser: 0.015,
  /** Per GB of objects and month. https://aws.amazon.com/s3/pricing/ */
  objectGigabyteMonth: 0.023,
} as const;

/** People a user pool may sign in without being paid for. */
export const FREE_ACTIVE_USERS = 10_000;
