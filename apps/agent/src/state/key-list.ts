import { setImmediate as afterOthers } from 'node:timers/promises';
import type { SnapshotKeys, SnapshotSum } from '@erp-sync-hub/agent-sdk/push/snapshot-keys';
import { formatDigest } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import { inTransaction, type AgentDatabase } from './agent-database';
import { digestOf } from './row-digest';

const PAGE = 2_000;

/**
 * Any number of keys, in a temporary table of SQLite: on the disk, and gone with the process. One of each name at a time; a
 * new one begins empty.
 */
export class KeyList implements SnapshotKeys {
  private readonly table: string;
  private count = 0;
  private total = 0n;

  constructor(
    private readonly database: AgentDatabase,
    name: 'at_source' | 'in_snapshot',
  ) {
    this.table = `temp.keys_${name}`;
    database.exec(
      `drop table if exists ${this.table}; create table ${this.table} (key text primary key, r integer not null) without rowid`,
    );
  }

  put(rows: readonly { key: string; contentHash: string }[]): void {
    const before = this.database.prepare(`select r from ${this.table} where key = ?`).safeIntegers(true);
    const write = this.database.prepare(`insert into ${this.table} (key, r) values (?, ?) on conflict (key) do update set r = excluded.r`);
    inTransaction(this.database, () => {
      for (const { key, contentHash } of rows) {
        const r = digestOf(key, contentHash);
        const old = before.get(key) as { r: bigint } | undefined;
        if (old?.r !== r) write.run(key, r);
        this.count += old === undefined ? 1 : 0;
        this.total += r - (old?.r ?? 0n);
      }
    });
  }

  /** Keys alone, for a list whose sum is not asked for. */
  add(keys: readonly string[]): void {
    const write = this.database.prepare(`insert or ignore into ${this.table} (key, r) values (?, 0)`);
    inTransaction(this.database, () => keys.forEach((key) => write.run(key)));
  }

  has(key: string): boolean {
    return this.database.prepare(`select 1 from ${this.table} where key = ?`).get(key) !== undefined;
  }

  sum(): SnapshotSum {
    return { count: this.count, digest: formatDigest(this.total) };
  }

  /** The rows of the state whose key is not in the list, a page at a time; others get their turn in between. */
  async *notListed(entity: Entity): AsyncGenerator<{ key: string; hash: string }[]> {
    const statement = this.database.prepare(
      `select s.key, s.hash, l.key is not null as listed from source_rows s left join ${this.table} l on l.key = s.key
       where s.entity = ? and s.key > ? order by s.key limit ?`,
    );
    for (let after = ''; ;) {
      const page = statement.all(entity, after, PAGE) as { key: string; hash: string; listed: number }[];
      const last = page.at(-1);
      if (last === undefined) return;
      const found = page.filter(({ listed }) => listed === 0).map(({ key, hash }) => ({ key, hash }));
      if (found.length > 0) yield found;
      after = last.key;
      await afterOthers();
    }
  }

  close(): void {
    this.database.exec(`drop table if exists ${this.table}`);
  }
}
