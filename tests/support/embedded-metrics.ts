import { Ajv } from 'ajv';

/** AWS's schema of a line in the embedded metric format, without its titles and examples; see `metricsIn`. */
const SCHEMA = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              Namespace: { type: 'string', pattern: '^[\\w./#: -]+$', minLength: 1, maxLength: 255 },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', maxItems: 30, items: { type: 'string', minLength: 1, maxLength: 250 } },
              },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name', 'Unit'],
                  additionalProperties: false,
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 1024 },
                    Unit: { enum: ['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Percent', 'Count', 'None'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
const fits = new Ajv().compile(SCHEMA);

interface Document {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** A value that CloudWatch takes out of a line. */
export interface Taken {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The values that CloudWatch would take out of a log line: none from a line that does not ask for it.
 * @throws Error where CloudWatch would take nothing, or something else, because the line is wrong
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsIn(line: string): Taken[] {
  const document = JSON.parse(line) as Document;
  if (!('_aws' in document)) return [];
  if (!fits(document)) throw new Error(`${JSON.stringify(fits.errors)} in ${line}`);
  // CloudWatch takes what is at most two weeks old.
  if (Math.abs(Date.now() - document._aws.Timestamp) > 3_600_000) throw new Error(`The time is wrong in ${line}`);
  return document._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((set) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(set.map((key) => [key, target(document, key, 'string')])),
        value: target(document, Name, 'number'),
      })),
    ),
  );
}

interface Targets {
  readonly string: string;
  readonly number: number;
}

/** What a reference leads to: a field of the line itself, never of something within. */
function target<K extends keyof Targets>(document: Document, field: string, type: K): Targets[K] {
  const value = document[field];
  if (typeof value !== type) throw new Error(`${field} is no ${type} in ${JSON.stringify(document)}`);
  return value as Targets[K];
}
