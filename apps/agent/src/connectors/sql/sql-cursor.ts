import { z } from 'zod';
import type { Cursor } from '../connector';

/** A value of a key as the database gave it, so that it is compared there as what it is. */
export type KeyValue = string | number | bigint;

const Key = z.union([z.string(), z.number(), z.strictObject({ int: z.string() }).transform(({ int }) => BigInt(int))]);
const Stored = z.object({
  config: z.string(),
  changed: z.string(),
  key: z.array(Key),
  /** When this place was first reached, in milliseconds since 1970. */
  reachedAt: z.number(),
  /** What was changed shortly before this place has been looked for long enough. */
  settled: z.boolean(),
});

/** Up to where changes were read. */
export interface SqlCursor {
  config: string;
  changed: string;
  key: KeyValue[];
  reachedAt: number;
  settled: boolean;
}

export const writeCursor = (cursor: SqlCursor): string =>
  JSON.stringify(cursor, (_, value: unknown) => (typeof value === 'bigint' ? { int: String(value) } : value));

/** Undefined for the beginning, for a cursor of another configuration, and for one that cannot be read. */
export function readCursor(cursor: Cursor, config: string): SqlCursor | undefined {
  if (cursor === null) return undefined;
  try {
    const { data } = Stored.safeParse(JSON.parse(cursor));
    return data?.config === config ? data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
