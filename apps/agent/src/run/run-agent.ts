import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { Heartbeats } from '@erp-sync-hub/agent-sdk/client/heartbeats';
import type { Logger } from 'pino';
import { entitiesToPush } from '../agent/entities-to-push';
import type { OpenAgent } from '../agent/open-agent';
import type { AgentConfig } from '../config/agent-config';
import { VERSION } from '../version';
import { rootsOf } from '../reconcile/roots-of';
import { AnswerCalls } from './answer-calls';
import { matchRegistration } from './match-registration';
import { PushLoop } from './push-loop';

/** How long orders that are under way may go on after the agent was told to end. */
const GRACE_MS = 8_000;
const MATCH_AGAIN_MS = 30_000;

/**
 * Everything that an agent does all day: heartbeats, what changed, orders. Resolves when the signal was aborted and what was
 * under way has ended. Failures of the network, the hub or the source are logged, and tried again for as long as it takes.
 */
export async function runAgent(agent: OpenAgent, config: AgentConfig, log: Logger, signal: AbortSignal): Promise<void> {
  const { client, connector, meta } = agent;
  const entities = entitiesToPush(connector.entities, config.push.entities);
  const heartbeats = new Heartbeats({
    client,
    say: () => ({ version: VERSION, digests: rootsOf(agent.source.digests, entities) }),
    everyMs: config.heartbeat.everySeconds * 1000,
    onReply: ({ status, clockSkewMs, drift }) => log.debug({ status, clockSkewMs, drift }, 'heartbeat'),
    onError: (error) => log.warn({ err: error }, 'the hub did not take a heartbeat'),
  });
  // The hub's time first: what has a deadline, and what is stamped, goes by it.
  await heartbeats.start();
  const calls = new AnswerCalls(agent, config.orders, entities, log);
  const push = new PushLoop({
    parts: agent,
    meta,
    entities,
    everyMs: config.push.everySeconds * 1000,
    fullAt: config.push.fullAt,
    log,
  });
  log.info({ version: VERSION, vendorId: config.vendorId, hub: config.hub.url }, 'the agent is at work');
  try {
    await Promise.all([
      push.run(signal),
      watchSource(agent, push, log, signal),
      matchUntilDone(agent, config, log, signal),
      calls.run(signal, GRACE_MS),
    ]);
  } finally {
    await heartbeats.stop();
    log.info('the agent has ended');
  }
}

/** Tells the push loop when the source changes, where the connector can tell. */
async function watchSource({ connector }: OpenAgent, push: PushLoop, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && connector.changed !== undefined) {
    try {
      await connector.changed(signal);
      push.wake();
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'the source cannot be watched: it is looked at in its turn');
      return;
    }
  }
}

/** The hub has to know how this agent is called; it is told at the start, as soon as it can be reached. */
async function matchUntilDone(agent: OpenAgent, config: AgentConfig, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await matchRegistration(agent.client, config)) log.info('the hub was told how this agent is called');
      return;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      log.warn({ err: error }, 'the hub could not be told how this agent is called');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MATCH_AGAIN_MS * (0.5 + Math.random()));
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
  }
}
