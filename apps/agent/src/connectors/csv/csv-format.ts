import { z } from 'zod';
import { textEncoding } from './text/text-encoding';

const NAMED_DELIMITERS: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' };

const Encoding = z
  .string({ error: 'must be "auto" or the name of an encoding such as "windows-1252"' })
  .refine((name) => name === 'auto' || textEncoding(name) !== undefined, {
    error: 'is no encoding that can be read: take "auto", "utf-8", "utf-16le", "utf-16be", "windows-1252", "cp850" or the like',
  });

const Delimiter = z
  .string({ error: 'must be "auto" or a delimiter' })
  .transform((text) => NAMED_DELIMITERS[text] ?? text)
  .refine((text) => text === 'auto' || (text.length === 1 && !/["\r\n]/.test(text)), {
    error: 'must be "auto", "comma", "semicolon", "tab", "pipe", or one character',
  });

/** How the files of a source are written. */
export const CSV_FORMAT = {
  encoding: Encoding.default('auto'),
  delimiter: Delimiter.default('auto'),
  quote: z.enum(['"', "'", 'none'], { error: 'must be ", \' or "none"' }).default('"'),
  /** The first line names the columns. Without, columns are named by their numbers, and `columns` says how many there are. */
  header: z.boolean({ error: 'must be true or false' }).default(true),
  columns: z.int().min(1, { error: 'must be how many columns a line has' }).optional(),
  /** Lines before the header that are no part of the table. */
  skipLines: z.int().min(0).max(10_000).default(0),
  /** Lines that begin so are left out. */
  comment: z.string().min(1, { error: 'must be what a line begins with that is to be left out' }).optional(),
  /** Refuse a last line without a line end: the export was cut off. For exports that always write one. */
  wholeLastLine: z.boolean({ error: 'must be true or false' }).default(false),
} as const;
const CsvFormat = z.strictObject(CSV_FORMAT);
export type CsvFormat = z.infer<typeof CsvFormat>;

/** Without a header line it must be said how many columns there are: the first line may be the damaged one. */
export function needsColumns({ header, columns }: Pick<CsvFormat, 'header' | 'columns'>): boolean {
  return !header && columns === undefined;
}
