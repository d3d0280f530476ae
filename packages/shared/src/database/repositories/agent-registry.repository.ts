import { and, desc, eq, gt, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { AgentStatus } from '@repo/contracts/operations/agent-operations';
import type { Executor } from '../connect';
import { countUpTo, pageOf, type Page, type PageRequest } from '../page';
import { agentRegistry } from '../schema/agent-registry';
import { trustedAgain } from './agent-credentials.repository';

/** From how many seconds without a heartbeat on an agent counts as degraded, and as offline. */
export interface StatusThresholds {
  degradedAfterS: number;
  offlineAfterS: number;
}

// Named one by one: a hash can never come along by accident. `readAt` is the clock that `lastHeartbeat` was written by.
const record = {
  vendorId: agentRegistry.vendorId,
  agentUrl: agentRegistry.agentUrl,
  erpType: agentRegistry.erpType,
  mode: agentRegistry.mode,
  enabled: agentRegistry.enabled,
  idempotentOrders: agentRegistry.idempotentOrders,
  version: agentRegistry.version,
  lastHeartbeat: agentRegistry.lastHeartbeat,
  clockSkewMs: sql<number | null>`${agentRegistry.clockSkewMs}`.mapWith(Number),
  deregisteredAt: agentRegistry.deregisteredAt,
  createdAt: agentRegistry.createdAt,
  updatedAt: agentRegistry.updatedAt,
  readAt: sql<Date>`now()`.mapWith(agentRegistry.createdAt),
};

/** An agent as people may see it: without secrets or hashes of them. */
export type AgentRecord = Pick<typeof agentRegistry.$inferSelect, Exclude<keyof typeof record, 'clockSkewMs' | 'readAt'>> & {
  clockSkewMs: number | null;
  readAt: Date;
};

const HEARTBEAT = {
  name: 'record-heartbeat',
  text: `update agent_registry
    set last_heartbeat = now(), version = coalesce($2, version), clock_skew_ms = coalesce($3::bigint, clock_skew_ms)
    where vendor_id = $1 and deregistered_at is null`,
};

/** Notes a sign of life (a HOT update); false when the agent is not registered (any more). */
export async function recordHeartbeat(
  executor: Pool | PoolClient,
  vendorId: string,
  said: { version?: string | null | undefined; clockSkewMs?: number | undefined },
): Promise<boolean> {
  const { rowCount } = await executor.query({ ...HEARTBEAT, values: [vendorId, said.version ?? null, said.clockSkewMs ?? null] });
  return rowCount === 1;
}

/** One agent, deregistered or not. */
export async function findAgent(executor: Executor, vendorId: string): Promise<AgentRecord | undefined> {
  const [row] = await executor.select(record).from(agentRegistry).where(eq(agentRegistry.vendorId, vendorId));
  return row;
}

/** The same, held against other writers to the end of the transaction. */
export async function findAgentForUpdate(executor: Executor, vendorId: string): Promise<AgentRecord | undefined> {
  const [row] = await executor.select(record).from(agentRegistry).where(eq(agentRegistry.vendorId, vendorId)).for('update');
  return row;
}

/** The vendors that have an agent, or this one if it has; in order. */
export async function listRegisteredVendors(executor: Executor, vendorId?: string): Promise<string[]> {
  const rows = await executor
    .select({ vendorId: agentRegistry.vendorId })
    .from(agentRegistry)
    .where(and(isNull(agentRegistry.deregisteredAt), vendorId === undefined ? undefined : eq(agentRegistry.vendorId, vendorId)))
    .orderBy(agentRegistry.vendorId);
  return rows.map((row) => row.vendorId);
}

/** Which agents a list shows. */
export interface AgentFilter {
  status?: AgentStatus | undefined;
  /** Whether deregistered ones are in it. */
  deregistered?: boolean | undefined;
}

/** Agents, the newest registration first. */
export async function listAgents(
  executor: Executor,
  filter: AgentFilter,
  thresholds: StatusThresholds,
  page: PageRequest,
): Promise<Page<AgentRecord>> {
  const where = and(
    filter.deregistered === true ? undefined : isNull(agentRegistry.deregisteredAt),
    filter.status === undefined ? undefined : hasStatus(filter.status, thresholds),
  );
  const rows = await executor
    .select(record)
    .from(agentRegistry)
    .where(where)
    .orderBy(desc(agentRegistry.createdAt), desc(agentRegistry.vendorId))
    .limit(page.limit)
    .offset((page.page - 1) * page.limit);
  const total = await countUpTo(executor, sql`select from ${agentRegistry} ${where === undefined ? sql`` : sql`where ${where}`}`);
  return pageOf(rows, total, page);
}

/** The status of an agent as a condition: the same rule as where it is derived from a row. */
/** How many registered agents have each status. */
export async function countAgents(executor: Executor, thresholds: StatusThresholds): Promise<Record<AgentStatus, number>> {
  const { lastHeartbeat } = agentRegistry;
  const heardWithin = (seconds: number) =>
    sql<number>`count(*) filter (where ${lastHeartbeat} > now() - make_interval(secs => ${seconds}))::int`;
  const [row] = await executor
    .select({
      total: sql<number>`count(*)::int`,
      online: heardWithin(thresholds.degradedAfterS),
      notOffline: heardWithin(thresholds.offlineAfterS),
    })
    .from(agentRegistry)
    .where(isNull(agentRegistry.deregisteredAt));
  const { total = 0, online = 0, notOffline = 0 } = row ?? {};
  return { online, degraded: notOffline - online, offline: total - notOffline };
}

function hasStatus(status: AgentStatus, { degradedAfterS, offlineAfterS }: StatusThresholds): SQL | undefined {
  const { lastHeartbeat } = agentRegistry;
  const ago = (seconds: number) => sql`now() - make_interval(secs => ${seconds})`;
  if (status === 'online') return gt(lastHeartbeat, ago(degradedAfterS));
  if (status === 'offline') return or(isNull(lastHeartbeat), lte(lastHeartbeat, ago(offlineAfterS)));
  return and(lte(lastHeartbeat, ago(degradedAfterS)), gt(lastHeartbeat, ago(offlineAfterS)));
}

/** Changes what an admin may change. */
export async function changeAgent(
  executor: Executor,
  vendorId: string,
  change: { agentUrl?: string | null | undefined; enabled?: boolean | undefined },
): Promise<AgentRecord | undefined> {
  const { agentUrl } = change;
  const mode = agentUrl === undefined ? {} : { mode: agentUrl === null ? ('pull' as const) : ('push' as const) };
  const [row] = await executor
    .update(agentRegistry)
    .set({ ...change, ...mode, ...trustedAgain, updatedAt: sql`now()` })
    .where(eq(agentRegistry.vendorId, vendorId))
    .returning(record);
  return row;
}

/** Marks an agent as deregistered; undefined when it is already, or never was registered. */
export async function markDeregistered(executor: Executor, vendorId: string): Promise<AgentRecord | undefined> {
  const [row] = await executor
    .update(agentRegistry)
    .set({ deregisteredAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(agentRegistry.vendorId, vendorId), isNull(agentRegistry.deregisteredAt)))
    .returning(record);
  return row;
}
