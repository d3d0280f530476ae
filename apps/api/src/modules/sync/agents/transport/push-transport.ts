import { setMaxListeners } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent } from 'undici';
import { ApiError } from '../../../../platform/errors/api-error';
import { readAgentUrl } from '../agent-url';
import type { AgentCall, AgentEndpoint, AgentTransport, CallResult } from './agent-transport';
import { CallSigner } from './call-signer';
import { guardedConnector, LONGEST_CONNECT_MS, type GuardedConnectorOptions } from './guarded-connector';
import { PushExchange } from './push-exchange';

export interface PushTransportOptions extends GuardedConnectorOptions {
  /** OUTBOUND_SECRET. */
  outboundSecret: string;
}
/** Injection token of {@link PushTransportOptions}. */
export const PUSH_TRANSPORT_OPTIONS = Symbol('PUSH_TRANSPORT_OPTIONS');

/** Connections to one origin at once; further calls wait, and what waits too long was not sent. */
const MOST_CONNECTIONS = 4;
/** Short, so that a connection is seldom used in the moment in which the agent closes it. */
const KEEP_ALIVE_MS = 4_000;
/** The part of the time left that may go into connecting: what remains is for the agent to work in. */
const CONNECT_SHARE = 0.8;

/** Calls agents that listen: one POST a call, straight to the agent's URL. */
@Injectable()
export class PushTransport implements AgentTransport, OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly signer: CallSigner;

  constructor(@Inject(PUSH_TRANSPORT_OPTIONS) { outboundSecret, ...connecting }: PushTransportOptions) {
    this.signer = new CallSigner(outboundSecret);
    this.agent = new Agent({
      connect: guardedConnector(connecting),
      connections: MOST_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // The deadline of a call bounds both.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Calls an agent once. Redirects are replies like any other.
   * @throws Error when the endpoint is none to push to, or the call cannot be put into a request: faults of the caller
   */
  async call(endpoint: AgentEndpoint, call: AgentCall, signal: AbortSignal): Promise<CallResult> {
    if (endpoint.mode !== 'push' || endpoint.agentUrl === null) throw new Error('an agent without a URL cannot be pushed to');
    const target = readTarget(endpoint.agentUrl);
    if (target instanceof ApiError) return { kind: 'not_sent', code: 'unsafe_address', message: target.message };
    const now = new Date();
    const body = JSON.stringify(call.body);
    const headers = { ...REQUEST_HEADERS, ...this.signer.headersFor(endpoint, call, body, now) };
    const request = { origin: target.origin, path: `${target.path}${call.path}`, method: 'POST', headers, body } as const;
    const exchange = new PushExchange((handler) => void this.agent.dispatch(request, handler));
    const stopWatching = watch(exchange, call.deadlineAt.getTime() - now.getTime(), signal);
    try {
      if (!signal.aborted && call.deadlineAt > now) exchange.start();
      return await exchange.result;
    } finally {
      stopWatching();
    }
  }

  /** Cuts what is still under way, and closes all connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}

const REQUEST_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'erp-sync-hub',
};

/** What was allowed when the agent registered need not be now; where the host leads is judged when connecting. */
function readTarget(agentUrl: string): { origin: string; path: string } | ApiError {
  try {
    const { origin, pathname } = new URL(readAgentUrl(agentUrl).href);
    return { origin, path: pathname === '/' ? '' : pathname };
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Cuts a call at its deadline, at shutdown, and when it takes too long to get a connection; gives back how to stop that. */
function watch(exchange: PushExchange, leftMs: number, signal: AbortSignal): () => void {
  const atShutdown = () => exchange.cut('shutdown');
  if (signal.aborted) atShutdown();
  // One signal serves all calls of a process: that many listen to it is no leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', atShutdown, { once: true });
  const connect = setTimeout(() => exchange.cut('no_connection'), Math.min(LONGEST_CONNECT_MS, leftMs * CONNECT_SHARE));
  const deadline = setTimeout(() => exchange.cut('deadline'), leftMs);
  return () => {
    signal.removeEventListener('abort', atShutdown);
    clearTimeout(connect);
    clearTimeout(deadline);
  };
}
