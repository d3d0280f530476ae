import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import * as agents from '@repo/contracts/operations/agent-operations';
import { agentCallback } from '@repo/contracts/operations/delivery-operations';
import * as ingest from '@repo/contracts/operations/ingest-operations';
import type { Operation } from '@repo/contracts/operations/operation';
import * as polling from '@repo/contracts/operations/poll-operations';
import * as snapshots from '@repo/contracts/operations/snapshot-operations';
import type { z } from 'zod';

const OPERATIONS = [
  agents.registerAgent,
  agents.heartbeat,
  agents.agentSelf,
  agents.rotateToken,
  agentCallback,
  polling.pollCalls,
  polling.replyToCall,
  snapshots.beginSnapshot,
  snapshots.commitSnapshot,
  snapshots.abandonSnapshot,
  ingest.pushItems,
  ingest.pushItemsBatch,
  ingest.pushStock,
  ingest.pushStockBatch,
  ingest.pushWarehouses,
  ingest.pushWarehousesBatch,
] as Operation[];

/** A request that broke no rule of the contract. */
export interface TakenRequest {
  operation: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies freely
  body: any;
  /** Bytes of JSON. */
  bytes: number;
}

/** What a request is answered with: a reply, the end of the connection, or nothing. */
export type Said = { status: number; body?: unknown; text?: string; headers?: Record<string, string> } | 'drop' | 'hang';
export type Responder = (request: TakenRequest) => Said | Promise<Said>;

/** The far side of the wire: takes what the contract allows, and remembers it. */
export interface FakeHub {
  url: string;
  readonly requests: TakenRequest[];
  /** What broke the contract. To be empty at the end of every test. */
  readonly faults: string[];
  /** How an operation is answered from now on. */
  on(operation: Operation, responder: Responder): void;
  of(operation: Operation): TakenRequest[];
  stop(): Promise<void>;
}

export const ok = (body: unknown): Said => ({ status: 200, body });

/** A problem document, as the hub has them. */
export function problem(
  status: number,
  code: string,
  more: { detail?: string; headers?: Record<string, string>; errors?: unknown } = {},
): Said {
  const { detail = 'said by the fake hub', headers, errors } = more;
  const body = {
    type: `urn:x:${code}`,
    title: code,
    status,
    code,
    detail,
    correlationId: 'c',
    ...(errors === undefined ? {} : { errors }),
  };
  return { status, body, headers: { 'content-type': 'application/problem+json', ...headers } };
}

/** @param prefix of all paths, such as `/hub` */
export async function startFakeHub(prefix = ''): Promise<FakeHub> {
  const requests: TakenRequest[] = [];
  const faults: string[] = [];
  const responders = new Map<string, Responder>();

  const take = async (request: IncomingMessage): Promise<Said> => {
    const sent = await buffer(request);
    const raw = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const read = readRequest(request, prefix, raw);
    if (typeof read === 'string') {
      faults.push(read);
      return problem(400, 'invalid_request', { detail: read });
    }
    requests.push(read);
    const responder = responders.get(read.operation);
    if (responder !== undefined) return responder(read);
    faults.push(`nobody answers ${read.operation}`);
    return problem(500, 'internal');
  };
  const server = createServer((request, response) => {
    take(request).then(
      (said) => say(request, response, said),
      // The agent has cut the connection, or a responder broke: then nobody may miss it.
      (error: unknown) => {
        if (!request.destroyed) faults.push(String(error));
        request.socket.destroy();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    requests,
    faults,
    on: ({ id }, responder) => void responders.set(id, responder),
    of: ({ id }) => requests.filter(({ operation }) => operation === id),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function say(request: IncomingMessage, response: ServerResponse, said: Said): void {
  if (said === 'hang') return;
  if (said === 'drop') {
    request.socket.destroy();
    return;
  }
  const { status, body, text, headers } = said;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
}

function readRequest(request: IncomingMessage, prefix: string, raw: Buffer): TakenRequest | string {
  const { method, headers } = request;
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://hub');
  const found = OPERATIONS.flatMap((operation) => {
    const pattern = new RegExp(`^${prefix}${operation.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const match = operation.method === method ? pattern.exec(pathname) : null;
    return match === null ? [] : [{ operation, params: { ...match.groups } }];
  })[0];
  if (found === undefined) return `${method} ${pathname} is no operation`;
  const { operation, params } = found;
  if (headers.authorization?.startsWith('Bearer ') !== true || headers['x-vendor-id'] === undefined) return 'no credential';
  if (headers['x-correlation-id'] === undefined) return 'no correlation id';
  const query = Object.fromEntries(searchParams);
  const body = raw.length === 0 ? undefined : (JSON.parse(raw.toString()) as unknown);
  if (body !== undefined && operation.body === undefined) return `${operation.id} takes no body`;
  const parts: [string, z.ZodType | undefined, unknown][] = [
    ['params', operation.params, params],
    ['query', operation.query, query],
    ['headers', operation.headers, headers],
    ['body', operation.bodyOptional === true && body === undefined ? undefined : operation.body, body],
  ];
  for (const [part, schema, value] of parts) {
    const problems = schema?.safeParse(value).error?.message;
    if (problems !== undefined) return `${operation.id} ${part}: ${problems}`;
  }
  return { operation: operation.id, params, query, headers, body, bytes: raw.length };
}
