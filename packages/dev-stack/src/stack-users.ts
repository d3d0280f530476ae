import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcessAlive } from './process';

/** What is written beside a stack's data: who uses it, and whether it outlives its users. */
export interface StackRecord {
  persistent: boolean;
  /** One `pid@start#n` for each open handle. */
  users: string[];
  /** The ports of the last run, so that addresses stay the same from one run to the next. */
  postgresPort?: number;
  redisPort?: number;
}

const RECORD_FILE = 'stack.json';

/** The record of the stack in the folder, with the users that are alive only. */
export function readStack(folder: string): StackRecord | null {
  const file = join(folder, RECORD_FILE);
  if (!existsSync(file)) return null;
  const record = JSON.parse(readFileSync(file, 'utf8')) as StackRecord;
  return { ...record, users: record.users.filter((user) => isSameProcessAlive(user.split('#')[0] ?? '')) };
}

export function writeStack(folder: string, record: StackRecord): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `${RECORD_FILE}.draft`);
  writeFileSync(draft, `${JSON.stringify(record)}\n`);
  renameSync(draft, join(folder, RECORD_FILE));
}

/** Folders of stacks that should have gone with their last user, and did not because that one was killed. */
export function abandonedStacks(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((folder) => {
      const record = readStack(folder);
      return record !== null && !record.persistent && record.users.length === 0;
    });
}
