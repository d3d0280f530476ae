import type { Entity } from '@repo/contracts/primitives';
import { z } from 'zod';
import { ENTITY_FIELDS } from './entity-fields';
import { CELL_OPTIONS, FieldRule, type CellOptions } from './field-rule';

/** The rules of an entity's fields, by field. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

/** How the rows of one entity are made: `cells` holds for all `fields` that do not say otherwise. */
export interface RowMapping {
  fields: FieldRules;
  cells: CellOptions;
}

/** The properties of a mapping in the configuration of a source of this entity. */
export function mappingShape(entity: Entity) {
  return { fields: fieldsSchema(entity), cells: z.strictObject(CELL_OPTIONS).default({}) };
}

function fieldsSchema(entity: Entity) {
  const known = ENTITY_FIELDS[entity];
  return z
    .record(z.string(), FieldRule, { error: 'must be an object: the fields of the rows, and the column of each' })
    .superRefine((fields, context) => {
      for (const name of Object.keys(fields)) {
        if (known.has(name)) continue;
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is no field of ${entity}: take one of ${[...known.keys()].join(', ')}`,
        });
      }
      for (const [name, { required }] of known) {
        if (!required || Object.hasOwn(fields, name)) continue;
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is missing, and every row needs it: name its column, or give one value to all with { "constant": … }',
        });
      }
    });
}
