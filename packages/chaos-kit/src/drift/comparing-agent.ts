import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { CallAnswerer } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import type { OutboundSecrets } from '@erp-sync-hub/agent-sdk/answer/check-trust';
import { PollLoop } from '@erp-sync-hub/agent-sdk/answer/poll-loop';
import { pushListener } from '@erp-sync-hub/agent-sdk/answer/push-listener';
import { Heartbeats } from '@erp-sync-hub/agent-sdk/client/heartbeats';
import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import type { MemoryStore } from '@erp-sync-hub/agent-sdk/digest/memory-store';
import { freePort } from '@repo/dev-stack/ports';

export interface ComparingAgentOptions {
  vendorId: string;
  store: MemoryStore;
  token: string;
  secrets: OutboundSecrets;
  /** Where it finds the hub. */
  hubUrl: string;
  /** Where the hub calls it; it polls when not said. */
  port?: number | undefined;
}

const BEAT_MS = 400;
/** Short, so that an agent whose poll met a hub that hangs comes back soon. */
const WAIT_SECONDS = 2;
const PAUSES = { baseMs: 100, maxMs: 1_000 };

/** The agent of a vendor that does nothing but say what it holds and answer comparisons; it can be ended and started at any time. */
export class ComparingAgent {
  readonly client: HubClient;
  private server: Server | undefined;
  private polling: PollLoop | undefined;
  private heartbeats: Heartbeats | undefined;

  constructor(private readonly options: ComparingAgentOptions) {
    const { vendorId, token, hubUrl } = options;
    const retry = { attempts: 3, ...PAUSES };
    this.client = new HubClient({ baseUrl: hubUrl, credentials: () => Promise.resolve({ vendorId, token }), timeoutMs: 4_000, retry });
  }

  /** A port for an agent that is called. */
  static freePort(): Promise<number> {
    return freePort();
  }

  async start(): Promise<void> {
    const { store, secrets, port } = this.options;
    const { client } = this;
    // Lines break all the time here: what came of it shows in the hub.
    const onError = () => undefined;
    const answerer = new CallAnswerer({
      handler: answerReconciliation(store),
      secrets: () => [secrets],
      clock: client.clock,
      onTrouble: onError,
    });
    this.heartbeats = new Heartbeats({ client, say: () => ({ digests: { items: store.root('items') } }), everyMs: BEAT_MS, onError });
    // The first may not get through: the next one does.
    void this.heartbeats.start();
    if (port === undefined) {
      this.polling = new PollLoop({ client, answerer, clock: client.clock, waitSeconds: WAIT_SECONDS, pauses: PAUSES, onError });
      this.polling.start();
    } else {
      this.server = createServer(pushListener({ answerer, onError })).listen(port, '127.0.0.1');
      await once(this.server, 'listening');
    }
  }

  /** As if its process ended: what was under way is cut. */
  async stop(): Promise<void> {
    const { server, polling, heartbeats } = this;
    this.server = this.polling = this.heartbeats = undefined;
    await Promise.all([heartbeats?.stop(), polling?.stop({ withinMs: 0 })]);
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
