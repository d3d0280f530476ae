import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callHeaders, SECRETS } from './call-headers';
import { bodyOf, type CalledJob } from './calls';
import type { CallKind } from '../../src/faults';

/** A reply as it came. */
export interface PostedReply {
  callId: string;
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** What the hub said to it. */
  answered: number;
}

export interface OfferOptions {
  deadlineMs?: number;
  path?: string;
  /** `SECRETS` when not said. */
  secrets?: typeof SECRETS;
}

/** A hub that is polled: a list of calls, handed out once each. */
export interface PolledHub {
  url: string;
  /** Puts a call where the next poll finds it; gives its id. */
  offer(call: CallKind, job: CalledJob, options?: OfferOptions): string;
  readonly replies: PostedReply[];
  /** Polls that wait now, and the most that ever did. */
  readonly waiting: number;
  readonly mostWaiting: number;
  readonly polls: number;
  /** What polls are answered with instead of calls, one each. */
  readonly refusals: number[];
  /** What replies are answered with instead of what is right, one each. */
  readonly replyRefusals: number[];
  /** How far its clock is from the real one. */
  aheadMs: number;
  readonly heartbeats: number;
  /** Answers every poll at once, with nothing, as a hub does that ends. */
  endPolls(): void;
  stop(): Promise<void>;
}

/** Of a body beyond this no more is read: the connection is cut. */
const TOO_LARGE = 10 * 1024 * 1024;

interface Offered {
  callId: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  deadlineAt: string;
}

/** @param takesHeartbeats false: heartbeats are answered 503 */
export async function startPolledHub({ takesHeartbeats = true } = {}): Promise<PolledHub> {
  const offered: Offered[] = [];
  const deadlines = new Map<string, number>();
  const replied = new Set<string>();
  const waiting = new Set<ServerResponse>();
  const polls: number[] = [];
  const hub = { replies: [] as PostedReply[], refusals: [] as number[], replyRefusals: [] as number[] };
  const state = { mostWaiting: 0, heartbeats: 0, aheadMs: 0, ending: false };
  const now = () => Date.now() + state.aheadMs;

  const say = (response: ServerResponse, status: number, body?: unknown) => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
  };
  const handOut = () => {
    for (const response of waiting) {
      if (offered.length === 0 || response.destroyed) continue;
      waiting.delete(response);
      say(response, 200, { calls: offered.splice(0, 10) });
    }
  };
  const poll = (response: ServerResponse, { waitSeconds = 25 }: { waitSeconds?: number }) => {
    polls.push(now());
    const refusal = hub.refusals.shift();
    if (refusal !== undefined) return say(response, refusal, {});
    if (state.ending) return say(response, 200, { calls: [] });
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
    state.mostWaiting = Math.max(state.mostWaiting, waiting.size);
    setTimeout(() => waiting.delete(response) && say(response, 200, { calls: [] }), waitSeconds * 1_000).unref();
    handOut();
  };
  const take = (response: ServerResponse, callId: string, reply: Omit<PostedReply, 'callId' | 'answered'>) => {
    const deadline = deadlines.get(callId);
    const right = deadline === undefined ? 404 : replied.has(callId) ? 204 : deadline < now() ? 410 : 204;
    const answered = hub.replyRefusals.shift() ?? right;
    if (answered === 204) replied.add(callId);
    hub.replies.push({ ...reply, callId, answered });
    say(response, answered);
  };
  const server = createServer((request, response) => {
    const callId = /^\/api\/agents\/calls\/([^/]+)\/reply$/.exec(request.url ?? '')?.[1];
    read(request).then(
      (body) => {
        if (request.url === '/api/agents/poll') poll(response, body as { waitSeconds?: number });
        else if (callId !== undefined) take(response, callId, body as PostedReply);
        else if (request.url === '/api/agents/heartbeat' && takesHeartbeats) {
          state.heartbeats += 1;
          say(response, 200, { status: 'online', serverTime: new Date(now()).toISOString(), drift: {} });
        } else say(response, request.url === '/api/agents/callback' ? 200 : 503, {});
      },
      // The agent has cut the connection.
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...hub,
    offer(call, job, { deadlineMs = 5_000, path = `/sync/${call}`, secrets = SECRETS } = {}) {
      const callId = randomUUID();
      const deadline = now() + deadlineMs;
      const deadlineAt = new Date(deadline).toISOString();
      const body = JSON.stringify(bodyOf(call, job));
      const headers = callHeaders({ callId, body, deadlineAt, jobId: job.jobId, now: now(), secrets });
      deadlines.set(callId, deadline);
      offered.push({ callId, path, headers, body, deadlineAt });
      handOut();
      return callId;
    },
    get waiting() {
      return waiting.size;
    },
    get mostWaiting() {
      return state.mostWaiting;
    },
    get polls() {
      return polls.length;
    },
    get heartbeats() {
      return state.heartbeats;
    },
    get aheadMs() {
      return state.aheadMs;
    },
    set aheadMs(ms) {
      state.aheadMs = ms;
    },
    endPolls() {
      state.ending = true;
      for (const response of waiting) say(response, 200, { calls: [] });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((bytes, { length }) => bytes + length, 0) > TOO_LARGE) request.socket.destroy();
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}
