import { z } from 'zod';

/** What a {@link FastReader} gives when it does not know: the schema itself has to judge. */
export const UNSURE = Symbol('UNSURE');

/**
 * Reads one value that is plainly valid, and gives what the schema would give; {@link UNSURE} for anything else. It may
 * never accept what the schema refuses, and need not accept all that the schema accepts.
 */
export type FastReader = (value: unknown) => unknown;

const readers = new WeakMap<z.ZodType, FastReader>();

/** Gives a schema its fast reader. */
export function withFastReader<T extends z.ZodType>(schema: T, reader: FastReader): T {
  readers.set(schema, reader);
  return schema;
}

/** Reads a whole row in place; false when the schema has to judge it. */
export type FastRowReader = (row: Record<string, unknown>) => boolean;

interface Field {
  read: FastReader;
  nullable: boolean;
}

/**
 * A reader of rows made from their schema, for the batches of the ingest: most rows are plainly valid, and for those the
 * schema's bookkeeping (an object a field, a copy of the row) costs more than the checks. The row is read in place: only
 * decimals are replaced, by their canonical form. What it does not accept goes through the schema, which stays the one
 * that refuses, and explains.
 */
export function fastRowReader(schema: z.ZodObject): FastRowReader {
  const fields = new Map<string, Field>();
  let required = 0;
  for (const [name, type] of Object.entries(schema.shape)) {
    const { inner, nullable } = unwrap(type as z.ZodType);
    fields.set(name, { read: readers.get(inner) ?? byKind(inner), nullable });
    if (!nullable) required++;
  }
  return (row) => {
    let missing = required;
    for (const name of Object.keys(row)) {
      const field = fields.get(name);
      if (field === undefined) return false;
      const value = row[name];
      if (value === null) {
        if (!field.nullable) return false;
        continue;
      }
      const read = field.read(value);
      if (read === UNSURE) return false;
      if (read !== value) row[name] = read;
      if (!field.nullable) missing--;
    }
    return missing === 0;
  };
}

/** `.nullish()` is optional around nullable; nothing else wraps the fields of rows. */
function unwrap(type: z.ZodType): { inner: z.ZodType; nullable: boolean } {
  if (type instanceof z.ZodOptional) {
    const nullable = type.unwrap() as z.ZodType;
    if (nullable instanceof z.ZodNullable) return { inner: nullable.unwrap() as z.ZodType, nullable: true };
  }
  return { inner: type, nullable: false };
}

function byKind(type: z.ZodType): FastReader {
  if (type instanceof z.ZodBoolean) return (value) => (typeof value === 'boolean' ? value : UNSURE);
  if (type instanceof z.ZodEnum) {
    const options = new Set<unknown>(type.options);
    return (value) => (options.has(value) ? value : UNSURE);
  }
  return () => UNSURE;
}
