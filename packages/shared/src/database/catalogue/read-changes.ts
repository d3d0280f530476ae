import type { ClientBase } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { CHANGE_HORIZON } from '../change-sequence';
import { readRow, SHOWN_COLUMNS, type ShownRow } from './shown-columns';

/** The key of an entity's rows within their vendor, in the order of the index `…_changes`. */
const KEY_COLUMNS = { items: ['sku'], stock: ['erp_warehouse_id', 'sku'], warehouses: ['erp_warehouse_id'] } as const;

/** A place in the order of changes: that of the row with this change number and key. */
export interface ChangePosition {
  /** A 64-bit number. */
  readonly changeSeq: string;
  /** The SKU, the ERP warehouse id, or for stock the warehouse id and the SKU. */
  readonly key: readonly string[];
}

/** Before every row. */
export function beforeAllChanges(entity: Entity): ChangePosition {
  return { changeSeq: '0', key: KEY_COLUMNS[entity].map(() => '') };
}

/** Which changes to read: those behind `after`, up to and with `upTo`. */
export interface ChangeRange {
  readonly vendorId: string;
  readonly after: ChangePosition;
  readonly upTo: ChangePosition;
  /** Only rows that were written at this time (ISO 8601) or later; null for all. */
  readonly updatedSince: string | null;
  /** Whether deleted rows are given, too. */
  readonly deleted: boolean;
  readonly limit: number;
}

/** A row and where it stands. */
export interface Change<E extends Entity> {
  readonly row: ShownRow[E];
  readonly position: ChangePosition;
}

/**
 * Where the settled changes behind a position end; null where there are none. Settled: every transaction that took a
 * number up to there has ended, so that nothing can appear in between any more. Run it `inIndexOrder`.
 */
export async function findSettledEnd(
  client: ClientBase,
  entity: Entity,
  vendorId: string,
  after: ChangePosition,
): Promise<ChangePosition | null> {
  const { rows } = await client.query<string[]>({
    name: `settled-end-${entity}`,
    text: settledEndStatement(entity),
    values: [vendorId, after.changeSeq, ...after.key],
    rowMode: 'array',
  });
  const [end] = rows;
  return end === undefined ? null : readPosition(end);
}

/** The changes of a settled range ({@link findSettledEnd}), oldest first. Run it `inIndexOrder`. */
export async function readChanges<E extends Entity>(client: ClientBase, entity: E, range: ChangeRange): Promise<Change<E>[]> {
  const columns = SHOWN_COLUMNS[entity];
  const { rows } = await client.query<unknown[]>({
    name: `changes-${entity}`,
    text: changesStatement(entity),
    values: [
      range.vendorId,
      range.after.changeSeq,
      ...range.after.key,
      range.upTo.changeSeq,
      ...range.upTo.key,
      range.updatedSince ?? '-infinity',
      range.deleted,
      range.limit,
    ],
    rowMode: 'array',
  });
  return rows.map((selected) => ({
    row: readRow(columns, selected) as unknown as ShownRow[E],
    position: readPosition(selected.slice(columns.length)),
  }));
}

/** The statement of {@link findSettledEnd}: one step backward on the index `…_changes`. */
export function settledEndStatement(entity: Entity): string {
  const place = placeOf(entity);
  return `select ${place.join(', ')} from ${entity}
    where vendor_id = $1 and (${place.join(', ')}) > (${parameters(2, place.length)}) and change_seq < ${CHANGE_HORIZON}
    order by ${place.map((column) => `${column} desc`).join(', ')} limit 1`;
}

/** The statement of {@link readChanges}: a walk along the index `…_changes`, without a sort. */
export function changesStatement(entity: Entity): string {
  const place = placeOf(entity);
  const rest = 2 + 2 * place.length;
  const selected = [...SHOWN_COLUMNS[entity].map(({ expression }) => expression), ...place];
  return `select ${selected.join(', ')} from ${entity}
    where vendor_id = $1
      and (${place.join(', ')}) > (${parameters(2, place.length)})
      and (${place.join(', ')}) <= (${parameters(2 + place.length, place.length)})
      and updated_at >= $${rest} and ($${rest + 1} or deleted_at is null)
    order by ${place.join(', ')} limit $${rest + 2}`;
}

function readPosition([changeSeq, ...key]: readonly unknown[]): ChangePosition {
  return { changeSeq: String(changeSeq), key: key.map(String) };
}

const placeOf = (entity: Entity): readonly string[] => ['change_seq', ...KEY_COLUMNS[entity]];

const parameters = (first: number, count: number): string => Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ');
