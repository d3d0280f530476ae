import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { ItemRow } from '@repo/contracts/rows/item-row';
import { StockRow } from '@repo/contracts/rows/stock-row';
import { WarehouseRow } from '@repo/contracts/rows/warehouse-row';
import { z } from 'zod';

/** How the value of a field is read. `object`: free-form, as `attributes`. */
export type FieldKind = 'text' | 'decimal' | 'time' | 'boolean' | 'object';

/** A field of an entity's rows that a mapping may fill. */
export interface EntityField {
  readonly kind: FieldKind;
  readonly required: boolean;
}

/** The agent makes these two itself. */
const MADE_BY_AGENT: ReadonlySet<string> = new Set(['contentHash', 'lastSyncedAt']);

/** The fields of each entity, as the hub's contract has them, without those that the agent adds. */
export const ENTITY_FIELDS: Readonly<Record<Entity, ReadonlyMap<string, EntityField>>> = {
  items: fieldsOf(ItemRow.shape),
  stock: fieldsOf(StockRow.shape),
  warehouses: fieldsOf(WarehouseRow.shape),
};

function fieldsOf(shape: z.ZodRawShape): ReadonlyMap<string, EntityField> {
  const fields = new Map<string, EntityField>();
  for (const [name, type] of Object.entries(shape)) {
    const required = !(type instanceof z.ZodOptional);
    if (!MADE_BY_AGENT.has(name)) fields.set(name, { kind: kindOf(type as z.ZodType), required });
  }
  return fields;
}

function kindOf(type: z.ZodType): FieldKind {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return kindOf(type.unwrap() as z.ZodType);
  if (type instanceof z.ZodBoolean) return 'boolean';
  if (type instanceof z.ZodISODateTime) return 'time';
  if (type instanceof z.ZodString || type instanceof z.ZodEnum) return 'text';
  return type.meta()?.['type'] === 'object' ? 'object' : 'decimal';
}

/** Whether this is the name of an entity. */
export const isEntity = (name: string): name is Entity => (ENTITY_LIST as readonly string[]).includes(name);
