import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { Store } from '../store.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import { MappingProperties } from './mapping-properties.ts';
import { StreamMapping } from './stream-mapping.ts';
import { StreamReader } from './stream-reader.ts';

export interface StreamJobs {
  start(): void;
  /**
   * Resolves when no function has anything left to do, also none that another one has just caused.
   * @param within milliseconds
   * @throws Error naming the mappings that are still behind by then
   */
  drain(within: number): Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface StreamJobsOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly client: DynamoDBStreamsClient;
  readonly region: string;
  readonly store: Store;
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
export function createStreamJobs(options: StreamJobsOptions): StreamJobs {
  const { template, resolve, client, region, store, functionByName, onLog } = options;
  const positions = store.read(POSITIONS, Positions) ?? {};

  const mappings = template.ofType('AWS::Lambda::EventSourceMapping').map(({ logicalId, properties: declared }) => {
    const served = Object.fromEntries(Object.entries(declared).filter(([key]) => SERVED.includes(key)));
    const properties = MappingProperties.parse(resolve(served));
    const { EventSourceArn: streamArn, FunctionName, StartingPosition: startingPosition } = properties;
    if (!streamArn.includes(':dynamodb:')) throw new Error(`${logicalId}: only table streams are supported locally.`);
    // A table that was made anew has another stream, and its old positions mean nothing there.
    const position = (positions[`${logicalId} ${streamArn}`] ??= {});
    return new StreamMapping({
      name: logicalId,
      properties,
      target: functionByName(FunctionName),
      reader: new StreamReader({ client, streamArn, startingPosition, position }),
      region,
      position,
      savePosition: () => {
        if (store.persistent) store.write(POSITIONS, positions);
      },
      onLog,
    });
  });
  const invocations = (): number => mappings.reduce((sum, mapping) => sum + mapping.invocations, 0);

  const allCaughtUp = async (behind: Set<string>): Promise<void> => {
    let before: number;
    do {
      before = invocations();
      await Promise.all(
        mappings.map(async (mapping) => {
          behind.add(mapping.name);
          await mapping.caughtUp();
          behind.delete(mapping.name);
        }),
      );
      // A function that ran may have changed another table whose reader had been done already.
    } while (invocations() !== before);
  };

  return {
    start: () => {
      for (const mapping of mappings) mapping.start();
    },
    drain: async (within) => {
      const behind = new Set<string>();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`Still behind after ${String(within)} ms: ${[...behind].join(', ')}.`));
        }, within);
      });
      await Promise.race([allCaughtUp(behind), late]).finally(() => {
        clearTimeout(timer);
      });
    },
    stop: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
    },
  };
}
