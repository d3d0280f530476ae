import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { joinHandlers } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import { CallAnswerer } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import { PollLoop } from '@erp-sync-hub/agent-sdk/answer/poll-loop';
import { pushListener } from '@erp-sync-hub/agent-sdk/answer/push-listener';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import { ExactlyOnceOrders } from '@erp-sync-hub/agent-sdk/orders/exactly-once-orders';
import type { Entity } from '@repo/contracts/primitives';
import type { Logger } from 'pino';
import type { OpenAgent } from '../agent/open-agent';
import type { AgentConfig } from '../config/agent-config';
import { trustedSecrets } from '../config/secrets';
import { SqliteLedger } from '../orders/sqlite-ledger';
import { StateStore } from '../reconcile/state-store';
import { StateTree } from '../reconcile/state-tree';
import { REFUSE_ORDERS } from './refuse-orders';

const DAY_MS = 86_400_000;
const KEEP_JOBS_MS = 90 * DAY_MS;

/**
 * Takes the hub's calls, by polling or by listening: carries orders out once each, unless the configuration says that it takes none,
 * and answers what the hub compares.
 */
export class AnswerCalls {
  private readonly orders: ExactlyOnceOrders | undefined;
  private readonly answerer: CallAnswerer;

  constructor(
    private readonly agent: OpenAgent,
    private readonly config: AgentConfig['orders'],
    entities: readonly Entity[],
    private readonly log: Logger,
  ) {
    this.orders = config.enabled ? this.exactlyOnce() : undefined;
    const store = new StateStore({ ...agent, tree: new StateTree(agent.database), entities });
    this.answerer = new CallAnswerer({
      handler: joinHandlers(this.orders ?? REFUSE_ORDERS, answerReconciliation(store)),
      secrets: () => trustedSecrets(agent.secrets, agent.hubClock.now()),
      clock: agent.hubClock,
      onTrouble: ({ error, path, correlationId }) => log.warn({ err: error, path, correlationId }, 'a call of the hub'),
    });
  }

  /** Runs until the signal is aborted, and finishes then what is under way, for so long at most. */
  async run(signal: AbortSignal, graceMs: number): Promise<void> {
    this.orders?.start();
    const stop = this.config.listen === undefined ? this.poll() : await this.listen(this.config.listen);
    if (!signal.aborted) await once(signal, 'abort');
    await stop(graceMs);
    await this.orders?.stop({ withinMs: graceMs });
  }

  private exactlyOnce(): ExactlyOnceOrders {
    const { agent, config, log } = this;
    const ledger = new SqliteLedger(agent.database);
    ledger.dropEnded(new Date(Date.now() - KEEP_JOBS_MS));
    return new ExactlyOnceOrders({
      ledger,
      erp: agent.connector,
      client: agent.client,
      inFlightMs: config.inFlightSeconds * 1000,
      followEveryMs: (config.inFlightSeconds * 1000) / 2,
      onError: (error, jobId) => log.warn({ err: error, jobId }, 'an order did not go on: it is taken up again'),
    });
  }

  private poll(): (graceMs: number) => Promise<void> {
    const { client, hubClock } = this.agent;
    const loop = new PollLoop({
      client,
      answerer: this.answerer,
      clock: hubClock,
      concurrency: this.config.atOnce,
      onError: (error) => this.log.warn({ err: error }, 'polling: goes on after a pause'),
    });
    loop.start();
    return (withinMs) => loop.stop({ withinMs });
  }

  private async listen({
    host,
    port,
    publicUrl,
  }: NonNullable<AgentConfig['orders']['listen']>): Promise<(graceMs: number) => Promise<void>> {
    const { pathname } = new URL(publicUrl);
    const cutting = new AbortController();
    const server: Server = createServer(
      pushListener({
        answerer: this.answerer,
        prefix: pathname.replace(/\/$/, ''),
        signal: cutting.signal,
        onError: (error) => this.log.warn({ err: error }, 'a connection of the hub broke'),
      }),
    );
    server.listen(port, host);
    await once(server, 'listening');
    return async (graceMs) => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        cutting.abort();
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    };
  }
}
