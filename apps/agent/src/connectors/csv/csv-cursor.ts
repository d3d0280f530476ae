import { createHash } from 'node:crypto';
import type { Cursor } from '../connector';
import type { FileState } from './folder/file-state';

/** A file that was read to its end, and a hash of its beginning. */
export type ReadFile = Pick<FileState, 'name' | 'inode' | 'bytes' | 'changed'> & { head: string };

/** Of what a configuration a cursor is: under another one everything is read again. */
export const fingerprint = (config: unknown): string => createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16);

/** A cursor that says which files were read. */
export const writeCursor = (config: string, files: readonly ReadFile[]): string => JSON.stringify({ config, files });

/** The files that were read, by name; none when the cursor is of another configuration or cannot be read. */
export function readCursor(cursor: Cursor, config: string): Map<string, ReadFile> {
  if (cursor === null) return new Map();
  try {
    const parsed = JSON.parse(cursor) as { config?: unknown; files?: ReadFile[] };
    if (parsed.config === config && Array.isArray(parsed.files)) return new Map(parsed.files.map((file) => [file.name, file]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new Map();
}
