import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import { pushRows } from '@erp-sync-hub/agent-sdk/push/push-rows';
import { SnapshotPush } from '@erp-sync-hub/agent-sdk/push/snapshot-push';
import type { Installation } from '../installation/installation';
import { TcpLine, type LineMode } from '../installation/tcp-line';
import { clientOf, registerVendor } from '../load/connect-vendors';
import { ComparingAgent } from './comparing-agent';
import type { DriftAct } from './draw-acts';
import { ErpRows, skuOf } from './erp-rows';
import { tamper } from './tamper';

const BATCH = { size: 'incremental', retry: { attempts: 3, baseMs: 100, maxMs: 500 }, timeoutMs: 4_000 } as const;
const DELAY_MS = 700;

/** A vendor whose rows drift from the hub's, with its agent, the lines between the two, and how often what was done. */
export class DriftVendor {
  readonly done: Record<string, number> = {};
  private readonly mending: Promise<void>[] = [];

  private constructor(
    readonly vendorId: string,
    readonly transport: 'push' | 'pull',
    readonly rows: ErpRows,
    private readonly installation: Installation,
    private readonly agent: ComparingAgent,
    private readonly toHub: TcpLine,
    private readonly toAgent: TcpLine | undefined,
  ) {}

  /** Registers it, with an agent that is called or polls, and brings both sides in step. */
  static async connect(installation: Installation, vendorId: string, transport: 'push' | 'pull', rows: number): Promise<DriftVendor> {
    const hubPorts = installation.fleet.serving.map(({ baseUrl }) => Number(new URL(baseUrl).port));
    let turn = 0;
    const toHub = await TcpLine.to(() => hubPorts[turn++ % hubPorts.length] ?? 0);
    const port = transport === 'push' ? await ComparingAgent.freePort() : undefined;
    const toAgent = port === undefined ? undefined : await TcpLine.to(() => port);
    const { token, ...secrets } = await registerVendor(installation, vendorId, toAgent?.url);
    const erp = new ErpRows(rows);
    const agent = new ComparingAgent({ vendorId, store: erp.store, token, secrets, hubUrl: toHub.url, port });
    await agent.start();
    const vendor = new DriftVendor(vendorId, transport, erp, installation, agent, toHub, toAgent);
    await pushRows(agent.client, 'items', await erp.all(), BATCH);
    return vendor;
  }

  /** Does what was drawn, each in its time; what takes longer holds up what follows. */
  async perform(acts: readonly DriftAct[]): Promise<void> {
    const start = performance.now();
    for (const act of acts) {
      await sleep(Math.max(0, start + act.atMs - performance.now()));
      const name = (await this.do(act)) ? act.act : `${act.act}, cut short`;
      this.done[name] = (this.done[name] ?? 0) + 1;
    }
  }

  /** Waits until its lines are whole again. */
  async heal(): Promise<void> {
    await Promise.all(this.mending);
    await this.toHub.set({ kind: 'open' });
    await this.toAgent?.set({ kind: 'open' });
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.toHub.close();
    await this.toAgent?.close();
  }

  /** False when the environment did not let it. */
  private async do(act: DriftAct): Promise<boolean> {
    const { rows, agent, installation, vendorId } = this;
    switch (act.act) {
      case 'push':
        return this.push(act.rows.map((row) => rows.change(row)));
      case 'push_old':
        return this.push(act.rows.map((row) => rows.old(row)));
      case 'lose':
        for (const row of act.rows) rows.change(row);
        return true;
      case 'remove':
        for (const row of act.rows) rows.remove(row);
        return true;
      case 'tamper':
        return tamper(installation.pool, vendorId, act.rows.map(skuOf), act.how);
      case 'snapshot':
        return this.sendEverything(act.committed);
      case 'compare':
        return this.answered(
          clientOf(installation).ask('POST', '/api/admin/reconciliation/trigger', { body: { vendorId }, limitMs: 5_000 }),
        );
      case 'agent_down':
        await agent.stop();
        await sleep(act.forMs);
        await agent.start();
        return true;
      case 'line':
        await this.breakLine(act.side === 'to_agent' ? (this.toAgent ?? this.toHub) : this.toHub, act.mode, act.forMs);
        return true;
    }
  }

  private async push(changed: readonly Row[]): Promise<boolean> {
    return this.answered(pushRows(this.agent.client, 'items', changed, BATCH));
  }

  private async sendEverything(committed: boolean): Promise<boolean> {
    return this.answered(
      (async () => {
        const snapshot = await SnapshotPush.begin(this.agent.client, 'items');
        const all = await this.rows.all();
        await snapshot.push(committed ? all : all.slice(0, all.length / 2), BATCH);
        if (committed) await snapshot.commit();
        else await snapshot.abandon();
      })(),
    );
  }

  /** What the agent does meanwhile is part of it. */
  private async breakLine(line: TcpLine, mode: LineMode['kind'], forMs: number): Promise<void> {
    await line.set(mode === 'delay' ? { kind: 'delay', ms: DELAY_MS } : { kind: mode });
    this.mending.push(sleep(forMs).then(() => line.set({ kind: 'open' })));
  }

  private async answered(asking: Promise<unknown>): Promise<boolean> {
    try {
      await asking;
      return true;
    } catch {
      // What a broken hub or line did not take is drift: exactly what this is about. It is counted.
      return false;
    }
  }
}
