import { EventEmitter } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { listen } from '../gateway/listen.ts';
import { type Call, callsOf } from './calls.ts';
import { type Grant, grantFor } from './grants.ts';

/** What a function did with DynamoDB, and with the user pool. */
export interface Usage {
  /** Actions it asked for and was allowed, each resource once, and each pattern of partitions that allowed it. */
  readonly used: readonly Call[];
  readonly refused: readonly Call[];
}

export interface GateRules {
  /** What each function may do, by logical id. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  /** What the ARN of every table begins with. */
  readonly tables: string;
}

/** Stands between the functions and DynamoDB and lets pass what their roles allow, as IAM does. */
export interface Gate {
  /** The endpoint for functions. */
  readonly url: string;
  /** Until it is told the rules, nothing passes. */
  enforce(rules: GateRules): void;
  /** An event of the table's name whenever a function may have written to it. */
  readonly writes: EventEmitter;
  /** Notes a call of another service. @returns it, when the function may not make it */
  refused(functionName: string, call: Call): Call | undefined;
  /** What has been asked for so far, by function. */
  usage(): ReadonlyMap<string, Usage>;
  stop(): Promise<void>;
}

/** The access key that a request is signed with, which names the function: each has a key of its own. */
const SIGNED_BY = /Credential=([^/]+)\//;

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'].map((name) => `dynamodb:${name}`));

/**
 * @param engine endpoint of the DynamoDB behind the gate, which must not care about signatures
 * @param onLog gets a line, as JSON, for whatever is refused
 */
export async function openGate(engine: string, onLog: (line: string) => void): Promise<Gate> {
  const { hostname, port } = new URL(engine);
  const agent = new Agent({ keepAlive: true });
  const seen = new Map<string, Record<keyof Usage, Map<string, Call>>>();
  const writes = new EventEmitter();
  let rules: GateRules = { grants: new Map(), tables: '' };

  /** @returns the first action that is not allowed */
  const refusal = (name: string, calls: readonly Call[]): Call | undefined => {
    const usage = seen.get(name) ?? { used: new Map(), refused: new Map() };
    seen.set(name, usage);
    const grants = rules.grants.get(name) ?? [];
    const note = (kind: keyof Usage, call: Call): void => {
      usage[kind].set(JSON.stringify(call), call);
    };
    const permits = calls.map((call) => ({ call, grant: grantFor(grants, call) }));
    const refused = permits.find(({ grant }) => grant === undefined)?.call;
    if (refused === undefined) {
      for (const { call, grant } of permits) {
        const { action, resource } = call;
        note('used', { action, resource, ...(grant?.partition !== undefined && { partition: grant.partition }) });
      }
    } else note('refused', refused);
    return refused;
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    const name = SIGNED_BY.exec(String(incoming.headers.authorization))?.[1] ?? 'nobody';
    const calls = callsOf(operation, JSON.parse(body.toString()), rules.tables);
    const refused = refusal(name, calls);
    if (refused !== undefined) {
      onLog(
        JSON.stringify({
          level: 'ERROR',
          message: 'The role does not allow it',
          function: name,
          action: refused.action,
          resource: refused.resource,
          partition: refused.partition,
        }),
      );
      deny(outgoing, name, refused);
      return;
    }
    const onward = httpRequest({ agent, hostname, port, method: 'POST', path: '/', headers: incoming.headers });
    onward.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.on('error', () => outgoing.destroy());
      reply.pipe(outgoing);
      const written = calls.filter(({ action }) => WRITES.has(action));
      for (const table of new Set(written.map(({ resource }) => resource.slice(rules.tables.length)))) {
        writes.emit(table);
      }
    });
    // A connection that breaks behind the gate breaks before it, too.
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const url = await listen(server, 0);

  return {
    url,
    enforce: (given) => {
      rules = given;
    },
    writes,
    refused: (name, call) => refusal(name, [call]),
    usage: () =>
      new Map(
        [...seen].map(([name, { used, refused }]) => [
          name,
          { used: [...used.values()], refused: [...refused.values()] },
        ]),
      ),
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As DynamoDB says it. */
function deny(outgoing: ServerResponse, name: string, { action, resource }: Call): void {
  const message = `User: ${name} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  outgoing
    .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: message }));
}
