import { RowsReply, type RowsCall } from '@repo/contracts/agent-protocol/reconciliation-calls';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Lie } from '../locate/read-replies';

/** What an agent says of keys: each is in at most one of the three. */
export interface RowsAnswer {
  /** As in ingest, by their keys. */
  rows: ReadonlyMap<string, unknown>;
  /** It does not have them. */
  missing: string[];
  /** It said nothing of them. */
  unanswered: string[];
}

/** A 200 reply to a rows call: nothing but what was asked for, and each once. Never throws. */
export function readRowsReply({ entity, keys }: RowsCall, body: unknown): RowsAnswer | Lie {
  const parsed = RowsReply.safeParse(body);
  if (!parsed.success) return { lie: 'the reply is not one of rows' };
  const open = new Set(keys);
  const rows = new Map<string, unknown>();
  // Not of what was parsed: that has lost a property called `__proto__`, which makes a row invalid.
  for (const row of (body as { rows: unknown[] }).rows) {
    const key = keyOf(entity, row);
    if (key === null || !open.delete(key)) return { lie: 'a row was not asked for, or is there twice' };
    rows.set(key, row);
  }
  for (const key of parsed.data.missing) {
    if (!open.delete(key)) return { lie: 'a missing key was not asked for, is there twice, or has a row' };
  }
  return { rows, missing: [...parsed.data.missing], unanswered: [...open] };
}
