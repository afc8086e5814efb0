import * as z from 'zod/mini';

import type { LocalQueue } from '../engines/queue.ts';
import type { LocalFunction } from '../functions/function.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import type { EventSource } from './event-source.ts';
import { QueueMapping } from './queue-mapping.ts';

export interface QueueSourcesOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly queueByArn: (arn: string) => LocalQueue;
  readonly functionByName: (nameOrArn: string) => LocalFunction;
  readonly region: string;
  readonly onLog: (line: string) => void;
}

const QueueMappingProperties = z.looseObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: z._default(z.int().check(z.minimum(1), z.maximum(10_000)), 10),
  FunctionResponseTypes: z._default(z.array(z.string()), []),
  ScalingConfig: z.optional(z.looseObject({ MaximumConcurrency: z.int() })),
});
const Source = z.looseObject({ EventSourceArn: z.unknown() });
/** How many batches a function gets at once where nothing is said: in AWS it is a thousand. */
const CONCURRENCY = 10;

/**
 * The mappings of queues that the template declares. How long Lambda would gather messages into a batch is not waited for.
 * @throws Error when one has a source or target that is not supported locally
 */
export function queueSources(options: QueueSourcesOptions): EventSource[] {
  const { template, resolve, queueByArn, functionByName, region, onLog } = options;
  return template.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ logicalId, properties }) => {
    const arn = resolve(Source.parse(properties).EventSourceArn);
    if (!String(arn).includes(':sqs:')) return [];
    if ('FilterCriteria' in properties) throw new Error(`${logicalId}: filters of queues are not supported locally.`);
    const served = Object.keys(QueueMappingProperties.def.shape).filter((name) => name in properties);
    const { BatchSize, FunctionName, FunctionResponseTypes, ScalingConfig } = QueueMappingProperties.parse(
      resolve(Object.fromEntries(served.map((name) => [name, properties[name]]))),
    );
    return [
      new QueueMapping({
        name: logicalId,
        queue: queueByArn(String(arn)),
        target: functionByName(FunctionName),
        batchSize: BatchSize,
        partly: FunctionResponseTypes.includes('ReportBatchItemFailures'),
        concurrency: ScalingConfig?.MaximumConcurrency ?? CONCURRENCY,
        region,
        onLog,
      }),
    ];
  });
}
