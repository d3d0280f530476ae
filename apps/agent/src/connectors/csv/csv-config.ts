import type { Entity } from '@repo/contracts/primitives';
import { z } from 'zod';
import type { FieldRules } from '../mapping/row-mapping';
import { mappingShape, type RowMapping } from '../mapping/row-mapping';
import type { Scalar } from '../mapping/field-rule';
import { CSV_FORMAT, needsColumns, type CsvFormat } from './csv-format';
import { CsvOrders } from './orders/order-config';

const FilePattern = z
  .string()
  .min(1)
  .refine((pattern) => !/[/\\]/.test(pattern), { error: 'must be a name in the folder, with * and ? where it varies, and no path' });

/** Rows of files. */
export interface FilesConfig extends CsvFormat, RowMapping {
  files: string[];
  order: 'name' | 'time';
}

/** Rows that are written out in the configuration: the one warehouse that no file names. */
export interface FixedRowsConfig {
  rows: Record<string, Scalar>[];
}

export type CsvEntityConfig = FilesConfig | FixedRowsConfig;

function files(entity: Entity): z.ZodType<FilesConfig> {
  return z
    .strictObject({
      files: z
        .union([FilePattern.transform((pattern) => [pattern]), z.array(FilePattern).min(1)], {
          error: 'must be the name of a file in the folder, with * and ? where it varies, or a list of them',
        })
        .describe('patterns'),
      order: z.enum(['name', 'time'], { error: 'must be "name" or "time"' }).default('name'),
      ...CSV_FORMAT,
      ...mappingShape(entity),
    })
    .refine((config) => !needsColumns(config), { path: ['columns'], error: 'must say how many columns a line has, as there is no header' });
}

function fixedRows(entity: Entity): z.ZodType<FixedRowsConfig> {
  const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).superRefine((values, context) => {
    const { error } = mappingShape(entity).fields.safeParse(constants(values));
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  });
  return z.strictObject({ rows: z.array(row).min(1, { error: 'must hold a row' }) });
}

/** A row that is written out, as rules. */
export const constants = (values: Readonly<Record<string, Scalar>>): FieldRules =>
  Object.fromEntries(Object.entries(values).map(([field, constant]) => [field, { constant }]));

/** One of the two, told apart by `rows`, so that a message speaks of what was meant. */
function entitySchema(entity: Entity): z.ZodType<CsvEntityConfig> {
  const [asFiles, asRows] = [files(entity), fixedRows(entity)];
  return z.unknown().transform((input, context): CsvEntityConfig => {
    const written = typeof input === 'object' && input !== null && 'rows' in input;
    const { data, error } = (written ? asRows : asFiles).safeParse(input);
    for (const issue of error?.issues ?? []) context.addIssue({ ...issue });
    return data ?? z.NEVER;
  });
}

/** The configuration of a folder of CSV files. */
export const CsvConfig = z.strictObject({
  kind: z.literal('csv'),
  folder: z.string({ error: 'must be the folder of the files' }).min(1, { error: 'must be the folder of the files' }),
  /** How long size and time of a file must stay the same before it is read. */
  settleSeconds: z.number().min(0).max(3600).default(2),
  /** How often the folder is looked at where the system does not tell of changes, as on network shares. */
  pollSeconds: z.number().min(0.05).max(3600).default(5),
  /** A file counts only when `articles.csv.done` or `articles.done` is there, too, and is not older. */
  marker: z.string().min(1, { error: 'must be what is put behind the name of a file, such as ".done"' }).optional(),
  entities: z
    .strictObject({
      items: entitySchema('items').optional(),
      stock: entitySchema('stock').optional(),
      warehouses: entitySchema('warehouses').optional(),
    })
    .refine((entities) => Object.values(entities).some((entity) => entity !== undefined), {
      error: 'must hold at least one of items, stock, warehouses',
    }),
  orders: CsvOrders.optional(),
});
export type CsvConfig = z.infer<typeof CsvConfig>;
