import type { Entity } from '@repo/contracts/primitives';
import { fieldProblems, formatPath } from '@repo/contracts/problem';
import { FAST_ROW_READERS, keyOf, ROW_SCHEMAS, type RowOf } from '@repo/contracts/rows/entities';
import { microsOf } from '@repo/contracts/timestamp';
import { findUnsafe } from '@repo/contracts/unsafe-values';
import type { Verdict } from '@repo/contracts/verdicts';
import type { IncomingRow } from '@repo/shared/database/ingest/batch-types';
import type { z } from 'zod';

/** How far ahead of the hub an ERP's clock may be. */
export const FUTURE_TOLERANCE_MICROS = 5 * 60 * 1_000_000;

/** A row that passed, and where it stood in the request. */
export interface JudgedRow extends IncomingRow {
  index: number;
}

/** What can be said of a batch without looking into the database. */
export interface Judgement {
  /** In the order of the request; a hole where the database has to be asked. */
  verdicts: (Verdict | undefined)[];
  /** One row a key, the one that may be written. */
  winners: JudgedRow[];
}

/**
 * Validates each row by itself, refuses those from the future, and lets one row a key win: the newest, then the last.
 * `needsLook`: the request's text may hold keys or characters that no row may have.
 */
export function judgeRows(entity: Entity, rows: readonly unknown[], nowMicros: number, needsLook: boolean): Judgement {
  const verdicts: (Verdict | undefined)[] = Array.from({ length: rows.length });
  const winners = new Map<string, JudgedRow>();
  rows.forEach((raw, index) => {
    const reading = readRow(entity, raw, needsLook);
    if ('detail' in reading) {
      verdicts[index] = { index, key: keyOf(entity, raw), status: 'failed', reason: 'invalid', detail: reading.detail };
      return;
    }
    const { row } = reading;
    const key = keyOf(entity, row) as string;
    const micros = microsOf(row.lastSyncedAt) as number;
    if (micros > nowMicros + FUTURE_TOLERANCE_MICROS) {
      const detail = `lastSyncedAt: ${row.lastSyncedAt} is more than 5 minutes ahead of the hub`;
      verdicts[index] = { index, key, status: 'failed', reason: 'future_timestamp', detail };
      return;
    }
    const rival = winners.get(key);
    if (rival === undefined || rival.micros <= micros) {
      if (rival !== undefined) verdicts[rival.index] = superseded(rival);
      winners.set(key, { index, key, row, micros });
    } else {
      verdicts[index] = superseded({ index, key });
    }
  });
  return { verdicts, winners: [...winners.values()] };
}

/** The row as its schema gives it, or what is wrong with it. Most rows are plainly valid: for those there is a short cut. */
function readRow<E extends Entity>(entity: E, raw: unknown, needsLook: boolean): { row: RowOf[E] } | { detail: string } {
  const fault = needsLook ? unsafeIn(raw) : undefined;
  if (fault !== undefined) return { detail: fault };
  if (isObject(raw) && FAST_ROW_READERS[entity](raw)) return { row: raw as unknown as RowOf[E] };
  const parsed = ROW_SCHEMAS[entity].safeParse(raw);
  return parsed.success ? { row: parsed.data } : { detail: describe(parsed.error) };
}

function isObject(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function superseded({ index, key }: { index: number; key: string }): Verdict {
  return { index, key, status: 'skipped', reason: 'superseded' };
}

function unsafeIn(raw: unknown): string | undefined {
  const unsafe = findUnsafe(raw);
  return unsafe === undefined ? undefined : `${formatPath(unsafe.path)}: ${unsafe.message}`;
}

function describe(error: z.ZodError): string {
  return fieldProblems(error, 5)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
}
