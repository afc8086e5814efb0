import type { EventEmitter } from 'node:events';

import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { Store } from '../store.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import type { EventSource } from './event-source.ts';
import { MappingProperties } from './mapping-properties.ts';
import { StreamMapping } from './stream-mapping.ts';
import { StreamReader } from './stream-reader.ts';

export interface StreamSourcesOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly client: DynamoDBStreamsClient;
  readonly region: string;
  readonly store: Store;
  /** See `Gate`. Undefined when there is none: streams are looked at more often then. */
  readonly writes: EventEmitter | undefined;
  readonly functionByName: (nameOrArn: string) => LocalFunction;
  readonly onLog: (line: string) => void;
}

const POSITIONS = 'stream-positions';
/** Mapping and stream → shard → sequence number. */
const Positions = z.record(z.string(), z.record(z.string(), z.string()));

const SERVED = Object.keys(MappingProperties.def.shape);

/**
 * The stream mappings that the template declares.
 * @throws Error when one has a filter, source or target that is not supported locally
 */
export function streamSources(options: StreamSourcesOptions): EventSource[] {
  const { template, resolve, client, region, store, writes, functionByName, onLog } = options;
  const positions = store.read(POSITIONS, Positions) ?? {};

  return template.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ logicalId, properties: declared }) => {
    const served = Object.fromEntries(Object.entries(declared).filter(([key]) => SERVED.includes(key)));
    const properties = MappingProperties.parse(resolve(served));
    const { EventSourceArn: streamArn, FunctionName, StartingPosition: startingPosition } = properties;
    if (streamArn.includes(':sqs:')) return [];
    if (!streamArn.includes(':dynamodb:')) {
      throw new Error(`${logicalId}: only streams of tables and queues are supported locally.`);
    }
    // A table that was made anew has another stream, and its old positions mean nothing there.
    const position = (positions[`${logicalId} ${streamArn}`] ??= {});
    const mapping = new StreamMapping({
      name: logicalId,
      properties,
      target: functionByName(FunctionName),
      reader: new StreamReader({ client, streamArn, startingPosition, position }),
      region,
      position,
      savePosition: () => {
        if (store.persistent) store.write(POSITIONS, positions);
      },
      toldOfWrites: writes !== undefined,
      onLog,
    });
    const [, table = ''] = streamArn.split('/');
    writes?.on(table, mapping.changed);
    return [mapping];
  });
}
