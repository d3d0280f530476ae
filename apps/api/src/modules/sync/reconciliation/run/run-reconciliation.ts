import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { readComparedAgent, type ComparedAgent } from '@repo/shared/database/reconciliation/compared-agent';
import { recordEvent, type NewEvent } from '@repo/shared/database/reconciliation/reconciliation-events';
import type { OpenRun } from '@repo/shared/database/reconciliation/request-runs';
import { endRun, returnRun, takeRun, type RunOutcome, type TakenRun } from '@repo/shared/database/reconciliation/run-lease';
import { inTransaction } from '@repo/shared/database/transaction';
import { DATABASE } from '../../../../platform/database/database.module';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { AgentTransports } from '../../agents/transport/agent-transports';
import { CallCutter } from '../../agents/transport/call-cutter';
import { Breakers } from '../../breaker/breakers';
import { Ingest } from '../../ingest/ingest';
import { ReconciliationMetrics } from '../reconciliation-metrics';
import { AgentTalk } from '../talk/agent-talk';
import { AgentLies, AgentUnreachable, OverBudget, RunAbandoned } from '../talk/end-of-run';
import { RunBudget } from '../talk/run-budget';
import { compareAndHeal, type Ended, type SeenRoots } from './compare-and-heal';
import { RunLeaseKeeper } from './run-lease-keeper';
import { RUN_POLICY, type RunPolicy } from './run-policy';
import { Tally } from './tally';

/** A run that broke down this often, by no fault of the agent's, is ended. */
const MOST_TAKES = 3;

/** How a run ended, whatever ended it. */
interface RunEnd {
  outcome: RunOutcome;
  roots: SeenRoots | undefined;
  /** Why, where the outcome alone does not say it: from closed lists, or the words of an `AgentLies` or `OverBudget`. */
  reason?: string;
  rounds?: number;
  held?: number;
}

/** One run of one vendor's entity: take it, compare, heal, and write down how it ended. */
@Injectable()
export class RunReconciliation {
  private readonly logger = new Logger('Reconciliation');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(RUN_POLICY) private readonly policy: RunPolicy,
    private readonly transports: AgentTransports,
    private readonly cutter: CallCutter,
    private readonly breakers: Breakers,
    private readonly ingest: Ingest,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: ReconciliationMetrics,
  ) {}

  /** Does nothing for an entry of the queue that is stale, or repeated. */
  async run(entry: OpenRun): Promise<void> {
    const { pool } = this.database;
    const run = await takeRun(pool, entry, { token: randomUUID(), durationMs: this.policy.leaseMs });
    if (run === undefined) return;
    const budget = new RunBudget();
    const tally = new Tally();
    try {
      await this.end(run, budget, tally, await this.work(run, budget, tally));
    } catch (error) {
      if (error instanceof RunAbandoned) {
        if (this.lifecycle.shuttingDown) await returnRun(pool, run);
      } else if (entry.takes + 1 < MOST_TAKES) {
        // Its lease ends by itself, and it is begun again.
        throw error;
      } else {
        this.logger.error({ err: error, vendorId: run.vendorId, entity: run.entity }, 'a run breaks down again and again');
        await this.end(run, budget, tally, { outcome: 'unresolved', roots: undefined, reason: 'hub_failed' });
      }
    }
  }

  private async work(run: TakenRun, budget: RunBudget, tally: Tally): Promise<RunEnd> {
    const { pool } = this.database;
    let roots: SeenRoots | undefined;
    try {
      const agent = await readComparedAgent(pool, run.vendorId, this.policy.offlineAfterS);
      return await compareAndHeal({
        pool,
        run,
        talk: this.talkTo(this.mayBeAsked(agent), run, budget),
        ingest: this.ingest,
        tally,
        mostTombstonePercent: this.policy.mostTombstonePercent,
        onDrift: async (seen) => {
          roots = seen;
          const summary = { ...aboutRun(run), erpRoot: seen.erp, hubRoot: seen.hub };
          await recordEvent(pool, { ...targetOf(run), eventType: 'drift_detected', summary, durationMs: budget.elapsedMs });
        },
      });
    } catch (error) {
      if (error instanceof AgentUnreachable) return { outcome: 'agent_unreachable', roots, reason: error.reason };
      if (error instanceof AgentLies) return { outcome: 'unresolved', roots, reason: `bad_reply: ${error.message}` };
      if (error instanceof OverBudget) return { outcome: 'unresolved', roots, reason: `over_budget: ${error.message}` };
      throw error;
    }
  }

  private mayBeAsked(agent: ComparedAgent | undefined): ComparedAgent {
    if (agent === undefined) throw new AgentUnreachable('not_registered');
    if (!agent.enabled) throw new AgentUnreachable('disabled');
    if (agent.unauthorized) throw new AgentUnreachable('unauthorized');
    if (!agent.alive) throw new AgentUnreachable('offline');
    return agent;
  }

  private talkTo({ mode, agentUrl, secretVersion, signWithPrevious }: ComparedAgent, run: TakenRun, budget: RunBudget): AgentTalk {
    const { vendorId, entity, correlationId } = run;
    const lease = new RunLeaseKeeper(this.database.pool, run, this.policy.leaseMs, this.lifecycle.signal);
    return new AgentTalk({
      entity,
      endpoint: { vendorId, mode, agentUrl, secretVersion, signWithPrevious },
      transport: this.transports.of(mode),
      breakers: this.breakers,
      signal: this.cutter.signal,
      budget,
      correlationId,
      timeoutMs: this.policy.callTimeoutMs,
      hold: () => lease.hold(),
    });
  }

  private async end(run: TakenRun, budget: RunBudget, tally: Tally, end: RunEnd | Ended): Promise<void> {
    const event = eventOf(run, budget, tally, end);
    const roots = { erpRoot: end.roots?.erp ?? null, hubRoot: end.roots?.hub ?? null };
    await inTransaction(this.database.pool, 'begin', async (client) => {
      if (!(await endRun(client, run, { outcome: end.outcome, ...roots }))) throw new RunAbandoned('the run is not this one any more');
      await recordEvent(client, event);
    });
    this.metrics.ended(run.entity, end.outcome, tally.rows);
    const { vendorId, entity, correlationId, summary, durationMs } = { ...event, correlationId: run.correlationId };
    const line = { vendorId, entity, correlationId, outcome: end.outcome, ...summary, durationMs };
    if (end.outcome === 'in_sync' || end.outcome === 'drift_resolved') this.logger.log(line, 'comparison');
    else this.logger.warn(line, 'comparison');
  }
}

const targetOf = ({ vendorId, entity }: TakenRun) => ({ vendorId, entity });
const aboutRun = ({ runId, cause, force, correlationId }: TakenRun) => ({ runId, cause, ...(force ? { force } : {}), correlationId });

function eventOf(run: TakenRun, budget: RunBudget, tally: Tally, end: RunEnd): NewEvent {
  const { roots, reason, rounds, held } = end;
  const found = Object.fromEntries(Object.entries(tally.rows).filter(([, count]) => count > 0));
  const summary = {
    ...aboutRun(run),
    ...(roots === undefined ? {} : { erpRoot: roots.erp, hubRoot: roots.hub }),
    ...(roots?.wrong === undefined ? {} : { repairedRoot: roots.wrong }),
    ...(roots?.mended === undefined ? {} : { mendedDigests: roots.mended }),
    calls: budget.calls,
    bytes: budget.bytes,
    ...(rounds === undefined ? {} : { rounds }),
    rows: found,
    ...(held === undefined ? {} : { held }),
    ...(tally.left > 0 ? { unresolved: tally.left } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  const details = {
    ...(Object.keys(tally.examples).length > 0 ? { examples: tally.examples } : {}),
    ...(tally.left > 0 ? { unresolved: tally.unhealedExamples } : {}),
  };
  return {
    ...targetOf(run),
    eventType: end.outcome,
    summary,
    ...(Object.keys(details).length > 0 ? { details } : {}),
    durationMs: budget.elapsedMs,
  };
}
