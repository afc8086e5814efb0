import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { expectedReadUnits, expectedWriteUnits, type Target, targetsOf } from './expected-units.ts';
import { RequestBody, ResponseBody, reportedUnits, type WireItem } from './wire.ts';

/** What went through the meter. Units are DynamoDB's read and write capacity units. */
export interface Tally {
  readonly rcu: number;
  readonly wcu: number;
  /** How often each operation was called. */
  readonly calls: Readonly<Record<string, number>>;
  /** Every query returned all that it had read. */
  readonly scannedEqualsCount: boolean;
  /**
   * Read units of asking who is shut out. Each instance of a function asks once in twenty seconds, whatever it serves, so
   * they are no request's and are not in `rcu`.
   */
  readonly doorsRcu: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const API = 'DynamoDB_20120810.';
const NOTHING: Tally = { rcu: 0, wcu: 0, calls: {}, scannedEqualsCount: true, doorsRcu: 0 };
const DOORS = 'SHUT-OUT';

/**
 * Stands between functions and their DynamoDB and adds up what each request costs. It asks for
 * `ReturnConsumedCapacity` and compares the answer with what the sizes of the items say.
 *
 * Requests pass one at a time, so that an item can be weighed before and after it is written. Units do not depend on
 * that; times do, so nothing that is measured in seconds goes through here.
 */
export class CapacityMeter {
  readonly #engine: string;
  readonly #server: Server;
  #turn: Promise<void> = Promise.resolve();
  #tally = NOTHING;
  /** Requests whose units the engine reports otherwise than the rules say. */
  readonly mismatches: string[] = [];

  private constructor(engine: string) {
    this.#engine = engine;
    this.#server = createServer((request, response) => {
      this.#turn = this.#turn
        .then(() => this.#answer(request, response))
        .catch((error: unknown) => {
          this.mismatches.push(`A request could not be metered: ${String(error)}`);
          response.destroy();
        });
    });
  }

  static async start(engine: string): Promise<CapacityMeter> {
    const meter = new CapacityMeter(engine);
    await new Promise<void>((resolve) => meter.#server.listen(0, '127.0.0.1', resolve));
    return meter;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The meter is not listening');
    return `http://127.0.0.1:${String(address.port)}`;
  }

  /** What `work` costs. Nothing else may use the meter meanwhile. */
  async measure(work: () => Promise<unknown>): Promise<Tally> {
    this.#tally = NOTHING;
    await work();
    return this.#tally;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => incoming.once('end', resolve));
    const operation = String(incoming.headers['x-amz-target']).slice(API.length);
    const request = RequestBody.parse(JSON.parse(Buffer.concat(chunks).toString()));

    const targets = targetsOf(operation, request);
    const before = await this.#read(targets);
    const answer = await this.#send(operation, { ...request, ReturnConsumedCapacity: 'TOTAL' });
    const after = await this.#read(targets);
    const response = ResponseBody.parse(JSON.parse(answer.body));

    const reads = answer.status === 200 ? expectedReadUnits(operation, request, response) : 0;
    const writes = targets.length > 0 ? expectedWriteUnits(operation, before, after) : 0;
    this.#compare(operation, (reads ?? 0) + writes, answer.status === 200 ? reportedUnits(response) : undefined);
    const { Count, ScannedCount } = response;
    if (operation === 'GetItem' && request.Key?.['pk']?.['S'] === DOORS) {
      this.#tally = { ...this.#tally, doorsRcu: this.#tally.doorsRcu + (reads ?? 0) };
      outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answer.body);
      return;
    }
    this.#tally = {
      ...this.#tally,
      rcu: this.#tally.rcu + (reads ?? 0),
      wcu: this.#tally.wcu + writes,
      calls: { ...this.#tally.calls, [operation]: (this.#tally.calls[operation] ?? 0) + 1 },
      scannedEqualsCount: this.#tally.scannedEqualsCount && Count === ScannedCount,
    };
    outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answer.body);
  }

  /** An engine reports nothing about a request it refused; the rules alone say what that cost. */
  #compare(operation: string, expected: number, reported: number | undefined): void {
    if (reported === undefined || reported === expected) return;
    this.mismatches.push(`${operation}: the engine reports ${String(reported)} units, sizes say ${String(expected)}`);
  }

  async #read(targets: readonly Target[]): Promise<(WireItem | undefined)[]> {
    return Promise.all(
      targets.map(async ({ table, key }) => {
        const { body } = await this.#send('GetItem', { TableName: table, Key: key, ConsistentRead: true });
        return ResponseBody.parse(JSON.parse(body)).Item;
      }),
    );
  }

  async #send(operation: string, body: object): Promise<Answer> {
    const response = await fetch(this.#engine, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': API + operation,
        // Engines on this machine look for a signature but check none.
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.text() };
  }
}
