import type { _Record } from '@aws-sdk/client-dynamodb-streams';

import type { LocalFunction } from '../functions/function.ts';
import type { EventSource } from './event-source.ts';
import { compilePattern, type Matches } from './filter.ts';
import type { MappingProperties } from './mapping-properties.ts';
import { takenOf } from './partial-failure.ts';
import type { Position, ShardRecords, StreamReader } from './stream-reader.ts';
import { streamRecord } from './stream-record.ts';

export interface StreamMappingOptions {
  readonly name: string;
  readonly properties: MappingProperties;
  readonly target: LocalFunction;
  readonly reader: StreamReader;
  readonly region: string;
  /** Read and updated. */
  readonly position: Position;
  /** Called whenever `position` has moved. */
  readonly savePosition: () => void;
  /** Whether `changed` is called, and the stream need not be looked at all the time. */
  readonly toldOfWrites: boolean;
  readonly onLog: (line: string) => void;
}

/** Milliseconds between two looks at a stream without news, and when nobody has said that there are any. */
const IDLE = 50;
const QUIET = 500;
/** Milliseconds. */
const FIRST_RETRY = 50;
const SLOWEST_RETRY = 1000;

/** Runs a function on a table's changes: every matching one, in order, again and again until the function takes it. */
export class StreamMapping implements EventSource {
  readonly name: string;
  readonly #options: StreamMappingOptions;
  readonly #matches: Matches;
  readonly #wanted: (record: _Record) => boolean;
  #stopped = false;
  #changed = false;
  #quiet = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #waiting: (() => void)[] = [];
  #invocations = 0;

  /** @throws Error when a filter uses what is not supported locally */
  constructor(options: StreamMappingOptions) {
    this.name = options.name;
    this.#options = options;
    const filters = options.properties.FilterCriteria?.Filters ?? [];
    const patterns = filters.map(({ Pattern }) => compilePattern(JSON.parse(Pattern)));
    this.#matches = (event) => patterns.length === 0 || patterns.some((matches) => matches(event));
    this.#wanted = (record) => this.#matches(this.#event(record));
  }

  /** Invocations that have ended, one way or another. */
  get invocations(): number {
    return this.#invocations;
  }

  /** To be called when the table may have been written to. */
  readonly changed = (): void => {
    this.#changed = true;
    if (this.#quiet) this.#wake();
  };

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves once the stream, read from now on, has nothing left for the function. */
  async caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wake();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  /** Asked anew after every wait: it changes meanwhile. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const waiting = this.#waiting;
      this.#waiting = [];
      let news = false;
      this.#changed = !this.#options.toldOfWrites;
      try {
        for await (const shard of this.#options.reader.read(this.#options.properties.BatchSize)) {
          news = true;
          await this.#process(shard);
        }
      } catch (error) {
        if (this.#isStopped()) return;
        news = true;
        this.#log('Stream cannot be read', { reason: String(error) });
        await this.#sleep(SLOWEST_RETRY);
      }
      if (news) this.#waiting.push(...waiting);
      else {
        for (const resolve of waiting) resolve();
        await this.#untilNews();
      }
    }
  }

  async #untilNews(): Promise<void> {
    if (this.#waiting.length === 0) await this.#sleep(IDLE);
    if (this.#waiting.length > 0 || this.#changed) return;
    this.#quiet = true;
    await this.#sleep(QUIET);
    this.#quiet = false;
  }

  async #process({ shardId, records, close }: ShardRecords): Promise<void> {
    let rest = records.filter(this.#wanted);
    let size = rest.length;
    let failures = 0;
    while (rest.length > 0) {
      const batch = rest.slice(0, size);
      const done = await this.#attempt(batch);
      if (this.#stopped && done < batch.length) return;
      if (done > 0) {
        this.#moveTo(shardId, batch[done - 1]);
        rest = rest.slice(done);
        size = rest.length;
        failures = 0;
      }
      if (done === batch.length) continue;
      failures += 1;
      if (this.#givesUp(batch[0], failures)) {
        this.#log('Stream records parked', { records: batch.map((record) => this.#event(record)) });
        this.#moveTo(shardId, batch.at(-1));
        rest = rest.slice(batch.length);
        size = rest.length;
        failures = 0;
        continue;
      }
      if (this.#options.properties.BisectBatchOnFunctionError) size = Math.max(1, Math.ceil(size / 2));
      await this.#sleep(Math.min(SLOWEST_RETRY, FIRST_RETRY * 2 ** (failures - 1)));
      if (this.#stopped) return;
    }
    this.#moveTo(shardId, records.at(-1));
    close?.();
    if (close !== undefined) this.#options.savePosition();
  }

  /** @returns how many records, from the first, the function has taken */
  async #attempt(batch: readonly _Record[]): Promise<number> {
    const { target, properties } = this.#options;
    try {
      const result = await target.invoke({ Records: batch.map((record) => this.#event(record)) });
      return properties.FunctionResponseTypes.includes('ReportBatchItemFailures')
        ? takenOf(batch, result)
        : batch.length;
    } catch (error) {
      if (!this.#stopped) {
        const reason = error instanceof Error ? { error: error.name, reason: error.message, stack: error.stack } : {};
        this.#log('Stream batch failed', { function: target.name, ...reason });
      }
      return 0;
    } finally {
      this.#invocations += 1;
    }
  }

  #givesUp(first: _Record | undefined, failures: number): boolean {
    const { MaximumRetryAttempts: attempts, MaximumRecordAgeInSeconds: age } = this.#options.properties;
    const since = first?.dynamodb?.ApproximateCreationDateTime?.getTime() ?? Date.now();
    return (attempts >= 0 && failures > attempts) || (age >= 0 && Date.now() - since > age * 1000);
  }

  #event(record: _Record): Record<string, unknown> {
    return streamRecord(record, this.#options.properties.EventSourceArn, this.#options.region);
  }

  #moveTo(shardId: string, record: _Record | undefined): void {
    const sequenceNumber = record?.dynamodb?.SequenceNumber;
    if (sequenceNumber === undefined) return;
    this.#options.position[shardId] = sequenceNumber;
    this.#options.savePosition();
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #log(message: string, details: Readonly<Record<string, unknown>>): void {
    this.#options.onLog(JSON.stringify({ level: 'ERROR', message, mapping: this.name, ...details }));
  }
}
