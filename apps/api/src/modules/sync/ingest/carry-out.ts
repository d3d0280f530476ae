import type { Entity } from '@repo/contracts/primitives';
import type { RowChange } from '@repo/contracts/verdicts';
import type { BatchState, IncomingRow } from '@repo/shared/database/ingest/batch-types';
import { appendDelta, parkRows, unparkRows } from '@repo/shared/database/ingest/park-rows';
import { advanceRows, advanceRowsIn, writeRows, writeRowsAlone } from '@repo/shared/database/ingest/write-batch';
import type { Pool, PoolClient } from 'pg';
import { rootChange } from './digest-change';
import type { RowPlan } from './plan-rows';

/** One row's plan that has been carried out; `change` for written rows. */
export interface Done<R extends IncomingRow> {
  plan: RowPlan<R>;
  change: RowChange | undefined;
}

/** What was done, and the rows that another batch won meanwhile: plan them again. */
export interface Outcome<R extends IncomingRow> {
  done: Done<R>[];
  lost: R[];
}

/** Whether carrying a plan out touches parked rows, or writes beside one: that needs the lock alone. */
export function needsLockAlone(plans: readonly RowPlan[], state: BatchState): boolean {
  return plans.some((plan) => {
    switch (plan.act) {
      case 'write':
        return state.parked.has(plan.row.key);
      case 'unchanged':
        return plan.unpark;
      case 'park':
        return plan.keep;
      case 'stale':
        return false;
    }
  });
}

/** Carries plans out beside other batches; every write is guarded by what the plan was made from. */
export async function carryOutShared<R extends IncomingRow>(
  pool: Pool,
  vendorId: string,
  entity: Entity,
  plans: readonly RowPlan<R>[],
  mappingVersion: string | null,
): Promise<Outcome<R>> {
  const writes = plans.flatMap((plan) => (plan.act === 'write' ? [plan.write] : []));
  const advances = plans.flatMap((plan) => (plan.act === 'unchanged' && plan.advance ? [plan.row] : []));
  // Two transactions: locks of both in one could be taken in another order than another batch takes them.
  const written = writes.length === 0 ? new Map<string, RowChange>() : await writeRows(pool, vendorId, entity, writes, mappingVersion);
  const advanced = advances.length === 0 ? new Set<string>() : await advanceRows(pool, vendorId, entity, advances);
  const outcome: Outcome<R> = { done: [], lost: [] };
  for (const plan of plans) {
    const change = plan.act === 'write' ? written.get(plan.row.key) : undefined;
    const lost =
      (plan.act === 'write' && change === undefined) || (plan.act === 'unchanged' && plan.advance && !advanced.has(plan.row.key));
    if (lost) outcome.lost.push(plan.row);
    else outcome.done.push({ plan, change });
  }
  return outcome;
}

/** The lock alone promises that nothing moves; if something did all the same, the transaction must not commit. */
export class MovedUnderLock extends Error {
  constructor(vendorId: string, entity: Entity) {
    super(`${entity} of ${vendorId} changed under a lock that is held alone`);
    this.name = 'MovedUnderLock';
  }
}

/** What is particular about rows, depending on where they came from. */
export interface CarryOutOptions {
  /** The agent has just sent them. */
  seen: boolean;
  /** A stale row's parked one goes. */
  dropStale: boolean;
  mode: 'alone' | 'healing';
}

/** Carries plans out in the transaction of one who holds the lock alone and read `state` under it. */
export async function carryOutAlone<R extends IncomingRow>(
  client: PoolClient,
  vendorId: string,
  entity: Entity,
  plans: readonly RowPlan<R>[],
  state: BatchState,
  mappingVersion: string | null,
  options: CarryOutOptions,
): Promise<Done<R>[]> {
  const writes = plans.flatMap((plan) => (plan.act === 'write' ? [plan.write] : []));
  const advances = plans.flatMap((plan) => (plan.act === 'unchanged' && plan.advance ? [plan.row] : []));
  const parks = plans.flatMap((plan) => (plan.act === 'park' && plan.keep ? [plan.park] : []));
  const unparks = plans.filter((plan) => plan.act !== 'park' && (plan.act === 'stale' ? options.dropStale : plan.unpark));
  const written = await writeRowsAlone(client, vendorId, entity, writes, mappingVersion, options.mode);
  const advanced = await advanceRowsIn(client, vendorId, entity, advances);
  if (written.size !== writes.length || advanced.size !== advances.length) throw new MovedUnderLock(vendorId, entity);
  await parkRows(client, vendorId, entity, parks, options.seen);
  await unparkRows(
    client,
    vendorId,
    entity,
    unparks.map(({ row }) => row.key),
  );
  const { count, digest } = rootChange(plans, state, options.dropStale);
  await appendDelta(client, vendorId, entity, count, digest);
  return plans.map((plan) => ({ plan, change: plan.act === 'write' ? written.get(plan.row.key) : undefined }));
}
