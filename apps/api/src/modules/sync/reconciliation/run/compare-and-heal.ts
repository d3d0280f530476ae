import { readRoots, type Root } from '@repo/shared/database/ingest/digest-root';
import { checkRoot, type CheckedRoot } from '@repo/shared/database/reconciliation/check-root';
import type { RunOutcome, TakenRun } from '@repo/shared/database/reconciliation/run-lease';
import { formatDigest } from '@repo/contracts/digest';
import type { Pool } from 'pg';
import type { Ingest } from '../../ingest/ingest';
import { deleteRows } from '../heal/delete-rows';
import { healDifferences } from '../heal/heal-differences';
import { HubSide } from '../locate/hub-side';
import { locateDifferences } from '../locate/locate-differences';
import type { NodeSum } from '../locate/region';
import type { AgentTalk } from '../talk/agent-talk';
import type { Tally } from './tally';

/** What a comparison works with. */
export interface ComparisonParts {
  pool: Pool;
  run: TakenRun;
  talk: AgentTalk;
  ingest: Ingest;
  tally: Tally;
  /** Of the rows that there are, how many may be deleted in 24 hours. */
  mostTombstonePercent: number;
  /** Told once, when the roots first turn out to differ. */
  onDrift: (roots: SeenRoots) => Promise<void>;
}

/** Both roots as they were last seen, as `<count>.<digest>`. */
export interface SeenRoots {
  erp: string;
  hub: string;
  /** What the hub's running root said, where that was wrong and has been put right. */
  wrong?: string;
  /** How many rows had digests that were not those of their key and content hash. */
  mended?: number;
}

/** How a comparison ended. */
export interface Ended {
  outcome: Exclude<RunOutcome, 'agent_unreachable'>;
  roots: SeenRoots;
  rounds: number;
  /** How many rows the cap kept. */
  held?: number;
}

/** A healing that changed something is looked at again; what moves all the time is left to the next run. */
const MOST_ROUNDS = 3;

/**
 * Compares the roots, finds and heals what differs, and compares again, from the rows, until they are equal or nothing more
 * changes. May be done again from the beginning at any time.
 */
export async function compareAndHeal(parts: ComparisonParts): Promise<Ended> {
  const { pool, run, talk, tally } = parts;
  let repaired: Pick<SeenRoots, 'wrong' | 'mended'> = {};
  for (let round = 1, progress = 0; ; round++) {
    const erp = await talk.root();
    const { root, wrong, mended } = await hubRoot(parts, round);
    const hub = sumOf(root);
    repaired = { ...(wrong === undefined ? {} : { wrong: textOf(sumOf(wrong)) }), ...(mended > 0 ? { mended } : {}), ...repaired };
    const roots = { erp: textOf(erp), hub: textOf(hub), ...repaired };
    if (roots.erp === roots.hub) return { outcome: round === 1 ? 'in_sync' : 'drift_resolved', roots, rounds: round - 1 };
    if (round === 1) await parts.onDrift(roots);
    else if (round > MOST_ROUNDS || tally.progress === progress) return { outcome: 'unresolved', roots, rounds: round - 1 };
    progress = tally.progress;
    const held = await healRound(parts, { erp, hub }, round);
    if (held > 0) {
      const left = sumOf((await readRoots(pool, run.vendorId))[run.entity]);
      return { outcome: 'held_too_many_deletes', roots: { ...roots, hub: textOf(left) }, rounds: round, held };
    }
  }
}

/** Heals what is found to differ; gives how many rows the cap keeps from being deleted. */
async function healRound(parts: ComparisonParts, roots: { erp: NodeSum; hub: NodeSum }, round: number): Promise<number> {
  const { pool, run, talk, ingest, tally, mostTombstonePercent } = parts;
  const { vendorId, entity, force } = run;
  tally.forgetUnhealed();
  const healing = { vendorId, entity, talk, ingest, tally };
  const onlyInHub: { key: string; hub: string }[] = [];
  for await (const part of locateDifferences(roots, talk, new HubSide(pool, vendorId, entity))) {
    if (round === 1) tally.found(part);
    await healDifferences(healing, part);
    for (const row of part.onlyInHub) onlyInHub.push(row);
  }
  const mostPercent = force ? undefined : mostTombstonePercent;
  return (await deleteRows({ ...healing, pool, run, mostPercent }, onlyInHub)) ? 0 : onlyInHub.length;
}

/** What heartbeats find is cheap; every other comparison counts the rows, and looks first whether each counts as it must. */
async function hubRoot({ pool, run }: ComparisonParts, round: number): Promise<CheckedRoot> {
  const { vendorId, entity, cause } = run;
  if (round > 1) return checkRoot(pool, vendorId, entity);
  if (cause === 'heartbeat') return { root: (await readRoots(pool, vendorId))[entity], wrong: undefined, mended: 0 };
  return checkRoot(pool, vendorId, entity, { hashing: true });
}

const sumOf = ({ count, digest }: Root): NodeSum => ({ n: count, d: BigInt(`0x${digest}`) });
const textOf = ({ n, d }: NodeSum): string => `${n}.${formatDigest(d)}`;
