import { and, eq, sql } from 'drizzle-orm';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import type { Executor } from '../connect';
import { codeName, type MappingCode } from '../mappings/mapping-codes';
import { listNewest, type Page, type PageRequest } from '../page';
import { erpCodeMappings } from '../schema/erp-code-mappings';

export type MappingRow = typeof erpCodeMappings.$inferSelect;

/** Which mappings to list; what is undefined does not matter. */
export interface MappingFilter {
  vendorId?: string | undefined;
  type?: MappingType | undefined;
  active?: boolean | undefined;
}

/** Mappings, newest first. */
export function listMappings(executor: Executor, filter: MappingFilter, page: PageRequest): Promise<Page<MappingRow>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(erpCodeMappings.vendorId, filter.vendorId),
    filter.type === undefined ? undefined : eq(erpCodeMappings.mappingType, filter.type),
    filter.active === undefined ? undefined : eq(erpCodeMappings.isActive, filter.active),
  );
  return listNewest(executor, erpCodeMappings, where, page);
}

/** A mapping, active or not, by its id; null when there is none. */
export async function findMapping(executor: Executor, id: string): Promise<MappingRow | null> {
  const [row] = await executor.select().from(erpCodeMappings).where(eq(erpCodeMappings.id, id)).limit(1);
  return row ?? null;
}

/** A vendor's mapping of a code, active or not; null when there is none. */
export async function findMappingOfCode(executor: Executor, vendorId: string, { type, code }: MappingCode): Promise<MappingRow | null> {
  const [row] = await executor
    .select()
    .from(erpCodeMappings)
    .where(and(eq(erpCodeMappings.vendorId, vendorId), eq(erpCodeMappings.mappingType, type), eq(erpCodeMappings.erpCode, code)));
  return row ?? null;
}

/** How many of the vendor's parked items wait for one of these codes. */
export async function countWaitingFor(executor: Executor, vendorId: string, codes: readonly MappingCode[]): Promise<number> {
  const { rows } = await executor.execute<{ waiting: string }>(sql`
    select count(*) as waiting from parked_rows
    where vendor_id = ${vendorId} and entity = 'items' and waits_for && ${sql.param(codes.map(codeName))}::text[]`);
  return Number(rows[0]?.waiting ?? 0);
}
