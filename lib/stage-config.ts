import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

/** The stages there are. What is rehearsed on `dev` is what `prod` runs: they differ in the settings below and no more. */
export const STAGES = ['dev', 'prod'] as const;
export type StageName = (typeof STAGES)[number];

const Region = z
  .string({ error: 'Write the AWS region the data is kept in, such as "eu-central-1".' })
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'Write an AWS region, such as "eu-central-1".' });

const AccountId = z
  .string({ error: 'Write the AWS account’s number, 12 digits in quotes, such as "111122223333".' })
  .regex(/^\d{12}$/, { error: 'Write the AWS account’s number, 12 digits in quotes, such as "111122223333".' });

/** For how long a log can be kept: some of the numbers of days that CloudWatch Logs knows. */
const LOG_RETENTION = [
  RetentionDays.ONE_WEEK,
  RetentionDays.TWO_WEEKS,
  RetentionDays.ONE_MONTH,
  RetentionDays.THREE_MONTHS,
  RetentionDays.SIX_MONTHS,
  RetentionDays.ONE_YEAR,
  RetentionDays.TWO_YEARS,
  RetentionDays.FIVE_YEARS,
  RetentionDays.TEN_YEARS,
] as const;

const positive = (what: string) =>
  z.int({ error: `Write ${what} as a whole number of at least 1.` }).min(1, {
    error: `Write ${what} as a whole number of at least 1.`,
  });

/** An origin or address of a web page: HTTPS, but for a developer's own machine. */
const webAddress = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `Write a web address, such as "${example}".` })
    .refine(
      (address) => address.startsWith('https://') || /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/.test(address),
      {
        error: `Write an https address, such as "${example}"; plain http is for localhost only.`,
      },
    );

const Origin = webAddress('https://portal.example.org').refine((address) => !/^https?:\/\/[^/]*\//.test(address), {
  error: 'Write the origin alone, without a path and without a slash at the end.',
});

const yesOrNo = (question: string) => z.boolean({ error: `Write true or false: ${question}` });

const Settings = z.strictObject({
  /** The account to deploy to; another one is refused. Without it, the account of the credentials. */
  account: z.optional(AccountId),
  /** Where the data is kept. */
  region: Region,
  /** Further regions that hold a copy of every table, each with a KMS key of that region. */
  replicas: z.array(
    z.strictObject({
      region: Region,
      keyArn: z
        .string({ error: 'Write the ARN of a KMS key in the replica’s region.' })
        .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, {
          error: 'Write the ARN of a KMS key in the replica’s region, "arn:aws:kms:…:key/…".',
        }),
    }),
    { error: 'Write a list of replicas, each { "region": …, "keyArn": … }, or [] for none.' },
  ),
  /** Whether tables, bucket, logs, keys and users outlive the stack and are protected from deletion. */
  keepData: yesOrNo('is the data kept, and protected from deletion, when the stack is removed?'),
  /** Days for which a table can be restored to any second. */
  recoveryDays: positive('for how many days tables can be restored').max(35, {
    error: 'DynamoDB can restore at most the last 35 days.',
  }),
  logRetentionDays: z.literal(LOG_RETENTION, {
    error: `Write for how many days logs are kept: ${LOG_RETENTION.join(', ')}.`,
  }),
  /** E-mail addresses alarms are sent to. Each has to confirm its subscription. */
  alarmRecipients: z.array(z.email({ error: 'Write an e-mail address, such as "oncall@example.org".' }), {
    error: 'Write a list of e-mail addresses that alarms are sent to, or [] for none.',
  }),
  /**
   * What the whole API takes: steady requests a second, and how many may arrive at once; and what one client may send of
   * that, on the average of ten seconds.
   */
  throttle: z.strictObject(
    {
      ratePerSecond: positive('how many requests a second the API takes'),
      burst: positive('how many requests may arrive at once'),
      perClient: positive('how many requests a second one client may send'),
    },
    { error: 'Write { "ratePerSecond": …, "burst": …, "perClient": … }: how many requests the API takes.' },
  ),
  /** Origins of web pages that may call the API from a browser. */
  allowedOrigins: z.array(Origin, { error: 'Write a list of web origins that may call the API, or [] for none.' }),
  signIn: z.strictObject(
    {
      callbackUrls: z
        .array(webAddress('https://portal.example.org/signed-in'), {
          error: 'Write a list of addresses that people come back to after signing in.',
        })
        .min(1, { error: 'Write at least one address that people come back to after signing in.' }),
      logoutUrls: z.array(webAddress('https://portal.example.org'), {
        error: 'Write a list of addresses that people come to after signing out, or [] for none.',
      }),
      mfaRequired: yesOrNo('must people use a second factor to sign in?'),
    },
    { error: 'Write { "callbackUrls": […], "logoutUrls": […], "mfaRequired": … }.' },
  ),
  /** From whom the Hub mails what concerns people at partners. Without it nobody is mailed. */
  mail: z.optional(
    z.strictObject({
      sender: z
        .string({ error: 'Write the address that mail is sent from, such as "no-reply@hub.example.org".' })
        .regex(/^[a-z0-9._-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, {
          error: 'Write the address that mail is sent from in lower case, such as "no-reply@hub.example.org".',
        }),
    }),
  ),
  /** A name of one's own for the API; its certificate is in the same region. */
  domain: z.optional(
    z.strictObject({
      name: z
        .string({ error: 'Write the API’s host name, such as "api.hub.example.org".' })
        .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, {
          error: 'Write the API’s host name in lower case, such as "api.hub.example.org".',
        }),
      certificateArn: z
        .string({ error: 'Write the ARN of the host name’s certificate.' })
        .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, {
          error:
            'Write the ARN of the host name’s certificate in AWS Certificate Manager, "arn:aws:acm:…:certificate/…".',
        }),
    }),
  ),
});

type Settings = z.output<typeof Settings>;

/** Everything that differs between stages. */
export type StageConfig = Settings & { readonly stage: StageName };

type Complaint = readonly [path: string, sentence: string];

/** What `prod` has to be: patients' places depend on it. */
function complaintsOfProd({ account, keepData, recoveryDays, alarmRecipients, signIn }: Settings): Complaint[] {
  const complaints: Complaint[] = [];
  if (account === undefined) {
    complaints.push(['account', 'Write the number of the AWS account that prod lives in, so that no other gets it.']);
  }
  if (!keepData) complaints.push(['keepData', 'Write true: what prod holds must outlive its stack.']);
  if (recoveryDays < 35) complaints.push(['recoveryDays', 'Write 35: prod can be restored for as long as possible.']);
  if (alarmRecipients.length === 0) {
    complaints.push(['alarmRecipients', 'Write at least one e-mail address: somebody must learn that prod is unwell.']);
  }
  if (!signIn.mfaRequired)
    complaints.push(['signIn.mfaRequired', 'Write true: prod asks everybody for a second factor.']);
  return complaints;
}

/** What no schema of a single value can see. */
function complaintsBetween({ region, replicas, domain, throttle }: Settings): Complaint[] {
  const complaints: Complaint[] = [];
  for (const [index, replica] of replicas.entries()) {
    const path = `replicas.${String(index)}`;
    if (replica.region === region) {
      complaints.push([`${path}.region`, `Write another region than ${region}, where the data is already.`]);
    }
    if (replica.keyArn.split(':')[3] !== replica.region) {
      complaints.push([
        `${path}.keyArn`,
        `Write the ARN of a key in ${replica.region}: a key serves its own region only.`,
      ]);
    }
  }
  if (throttle.perClient >= throttle.ratePerSecond) {
    const most = String(throttle.ratePerSecond);
    complaints.push(['throttle.perClient', `Write less than ${most}: one client must leave something to the others.`]);
  }
  if (domain !== undefined && domain.certificateArn.split(':')[3] !== region) {
    complaints.push(['domain.certificateArn', `Write the ARN of a certificate in ${region}, where the API is.`]);
  }
  return complaints;
}

/** The settings are not ones the Hub can be deployed with; the message says what to write where. */
export class StageConfigError extends Error {
  override readonly name = 'StageConfigError';
}

function sentenceFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `Remove ${issue.keys.join(', ')}: there is no such setting.`;
  return issue.message;
}

/**
 * The settings of a stage, from the CDK's context (`cdk.json`, or `-c key=value`).
 * @param stage the context's `stage`
 * @param stages the context's `stages`: settings by stage
 * @throws StageConfigError that says, for each wrong or missing value, what to write
 */
export function stageConfig(stage: unknown, stages: unknown): StageConfig {
  const name = STAGES.find((each) => each === stage);
  if (name === undefined) {
    const given = typeof stage === 'string' ? `There is no stage "${stage}".` : 'The stage is missing.';
    throw new StageConfigError(`${given} Write -c stage=dev or -c stage=prod.`);
  }
  const all = z.record(z.string(), z.unknown()).safeParse(stages);
  const { data, error } = Settings.safeParse(all.data?.[name] ?? {});
  const complaints: Complaint[] = error
    ? error.issues.map((issue) => [issue.path.join('.'), sentenceFor(issue)])
    : [...complaintsBetween(data), ...(name === 'prod' ? complaintsOfProd(data) : [])];
  if (data !== undefined && complaints.length === 0) return { ...data, stage: name };
  const list = complaints.map(
    ([path, sentence]) => `  ${['stages', name, path].filter(Boolean).join('.')}: ${sentence}`,
  );
  throw new StageConfigError(`The settings of stage ${name} in cdk.json need mending:\n${list.join('\n')}`);
}
