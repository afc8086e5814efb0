import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';

/** How far a stream is read: by shard the last sequence number done, or `CLOSED` for a shard that is read to its end. */
export type Position = Record<string, string>;
const CLOSED = 'closed';

export interface StreamReaderOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  /** Where to start in a shard without a position. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Read and updated. */
  readonly position: Position;
}

export interface ShardRecords {
  readonly shardId: string;
  readonly records: readonly _Record[];
  /** Records the end of a shard; to be called once all its records are done. */
  readonly close: (() => void) | undefined;
}

/** Reads a table's stream shard by shard, parents before their children, which keeps each item's changes in order. */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  #shards: readonly Shard[] = [];
  readonly #iterators = new Map<string, string>();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  /**
   * The next records of every shard that may be read now; shards without news are left out.
   * @param limit records per shard, at most 1000
   */
  async *read(limit: number): AsyncGenerator<ShardRecords> {
    const open = this.#readable();
    const shards = open.length > 0 ? open : await this.#describe();
    for (const shardId of shards) {
      const { records, next } = await this.#records(shardId, limit);
      if (next !== undefined) this.#iterators.set(shardId, next);
      const close = next === undefined ? this.#close.bind(this, shardId) : undefined;
      if (records.length > 0 || close !== undefined) yield { shardId, records, close };
    }
  }

  async #describe(): Promise<readonly string[]> {
    const { client, streamArn } = this.#options;
    const shards: Shard[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription: page } = await client.send(
        new DescribeStreamCommand({
          StreamArn: streamArn,
          ...(after !== undefined && { ExclusiveStartShardId: after }),
        }),
      );
      shards.push(...(page?.Shards ?? []));
      after = page?.LastEvaluatedShardId;
    } while (after !== undefined);
    this.#shards = shards;
    return this.#readable();
  }

  /** Shards that are not read to their end and whose parent, if it still exists, is. */
  #readable(): readonly string[] {
    const { position } = this.#options;
    const ids = new Set(this.#shards.map(({ ShardId }) => ShardId));
    return this.#shards.flatMap(({ ShardId: id, ParentShardId: parent }) => {
      if (id === undefined || position[id] === CLOSED) return [];
      return parent === undefined || !ids.has(parent) || position[parent] === CLOSED ? [id] : [];
    });
  }

  #close(shardId: string): void {
    this.#options.position[shardId] = CLOSED;
    this.#iterators.delete(shardId);
    // Its children have appeared meanwhile.
    this.#shards = [];
  }

  async #records(shardId: string, limit: number): Promise<{ records: readonly _Record[]; next: string | undefined }> {
    const { client } = this.#options;
    const iterator = this.#iterators.get(shardId) ?? (await this.#iterator(shardId));
    try {
      const { Records, NextShardIterator: next } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
      );
      return { records: Records ?? [], next };
    } catch (error) {
      const trimmed = error instanceof TrimmedDataAccessException;
      if (!trimmed && !(error instanceof ExpiredIteratorException)) throw error;
      return { records: [], next: await this.#iterator(shardId, trimmed) };
    }
  }

  /** @param anew from the oldest record there is: the one at the position is gone */
  async #iterator(shardId: string, anew = false): Promise<string> {
    const { client, streamArn, startingPosition, position } = this.#options;
    const common = { StreamArn: streamArn, ShardId: shardId };
    const after = position[shardId];
    const { ShardIterator: iterator } = await client.send(
      new GetShardIteratorCommand(
        after === undefined || anew
          ? { ...common, ShardIteratorType: anew ? 'TRIM_HORIZON' : startingPosition }
          : { ...common, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after },
      ),
    );
    if (iterator === undefined) throw new Error(`The engine gave no iterator for shard ${shardId} of ${streamArn}.`);
    return iterator;
  }
}
