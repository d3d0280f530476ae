import { z } from 'zod';
import { ColumnName } from '../../mapping/field-rule';
import { CSV_FORMAT, needsColumns } from '../csv-format';
import { textEncoding } from '../text/text-encoding';
import { ALL_COLUMNS, OrderColumn } from './order-columns';

const Folder = z.string({ error: 'must be a folder' }).min(1, { error: 'must be a folder' });

/** Order files in the form of CSV: a line of names, and a line for each line of the order. */
const AsCsv = z.strictObject({
  format: z.literal('csv'),
  delimiter: z
    .enum(['semicolon', 'comma', 'tab', 'pipe'])
    .default('semicolon')
    .transform((name) => ({ semicolon: ';', comma: ',', tab: '\t', pipe: '|' })[name]),
  encoding: z
    .string()
    .refine((name) => textEncoding(name) !== undefined, { error: 'must be an encoding such as "utf-8" or "windows-1252"' })
    .default('utf-8'),
  /** Begin the file with a byte order mark, which some programs need to see that it is UTF-8. */
  byteOrderMark: z.boolean().default(false),
  /** What to do about letters that the encoding lacks: refuse the order, or write `?` for them. */
  unknownLetters: z.enum(['refuse', 'replace']).default('refuse'),
  decimal: z.enum(['point', 'comma']).default('point'),
  header: z.boolean().default(true),
  /** The columns in their order: name, and what it holds. */
  columns: z
    .record(z.string(), OrderColumn, { error: 'must be an object: the name of each column, and what it holds' })
    .refine((columns) => Object.keys(columns).length > 0, { error: 'must name a column' })
    .default({ ...ALL_COLUMNS }),
});
const AsJson = z.strictObject({ format: z.literal('json') });
export const OrderFormat = z.discriminatedUnion('format', [AsCsv, AsJson], { error: 'format must be "csv" or "json"' });
export type OrderFormat = z.infer<typeof OrderFormat>;

/** The ERP writes files that say what became of orders: one an order, or many orders in one. */
const ByFile = z
  .strictObject({
    kind: z.literal('file'),
    folder: Folder,
    /** The names of the files: `{name}` is that of the order's file without its extension. */
    pattern: z.string().min(1, { error: 'must be the name of the files, such as "{name}.ack" or "ack*.csv"' }),
    /** Whose line it is, in files of many orders: the column of the order's number, or of the job's id. */
    orderColumn: ColumnName.optional(),
    jobColumn: ColumnName.optional(),
    /** What the ERP calls the order. */
    referenceColumn: ColumnName.optional(),
    /** Why the ERP refused it; empty when it did not. */
    errorColumn: ColumnName.optional(),
    ...CSV_FORMAT,
  })
  .refine((config) => !needsColumns(config), { path: ['columns'], error: 'must say how many columns a line has, as there is no header' })
  .refine(({ pattern, orderColumn, jobColumn }) => pattern.includes('{name}') || orderColumn !== undefined || jobColumn !== undefined, {
    path: ['pattern'],
    error: 'must hold {name}, or orderColumn or jobColumn must say which line is whose',
  });
export type AcknowledgementByFile = z.infer<typeof ByFile>;

/** The ERP moves the files that it has read. */
const ByFolder = z.strictObject({
  kind: z.literal('directory'),
  done: Folder,
  failed: Folder.optional(),
  /** Where in `failed` it says why: `{name}` is that of the order's file without its extension. */
  errorFile: z.string().default('{name}.err'),
});
export type AcknowledgementByFolder = z.infer<typeof ByFolder>;

export const Acknowledgement = z.union(
  [z.literal('none').transform(() => ({ kind: 'none' }) as const), z.discriminatedUnion('kind', [ByFile, ByFolder])],
  { error: 'must be "none", { kind: "file", … } or { kind: "directory", … }' },
);
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** Where and how orders are written, and how the ERP says what became of them. */
export const CsvOrders = z.strictObject({
  folder: Folder,
  file: OrderFormat.prefault({ format: 'csv' }),
  /** Where the agent notes which files it has written; `.sent` in `folder` unless said otherwise. */
  journal: Folder.optional(),
  acknowledgement: Acknowledgement.default({ kind: 'none' }),
  /** How an order is cancelled whose file the ERP has taken: not at all, or by a file of its own. */
  cancel: z.enum(['none', 'file'], { error: 'must be "none" or "file"' }).default('none'),
});
export type CsvOrders = z.infer<typeof CsvOrders>;
