import type { Entity } from '@repo/contracts/primitives';
import type { Statement } from 'libsql';
import { inTransaction, type AgentDatabase } from './agent-database';
import { EntityDigests } from './entity-digests';
import { digestOf, placeOf } from './row-digest';

/** What the hub made of a row: it has it, it has parked it until something arrives, or it refuses it as it is. */
export type Judgement = 'taken' | 'parked' | 'refused';

/** A row whose content the hub has judged. Sent again only when its content changes. */
export interface JudgedRow {
  key: string;
  hash: string;
  verdict: Judgement;
  /** Why, where it was not taken. */
  detail: string | null;
}

/** A row as it was last read. */
export interface KnownRow {
  hash: string;
  /** Whether the hub has said what it makes of it. */
  judged: boolean;
}

/** Stands for the content of a row that was never readable: like any other content that the hub does not have. */
const NO_CONTENT = 'unreadable';

/**
 * The rows of the source as they were last read, and what the hub made of each. Their roots change with them: what a digest
 * says is what the source holds, whether or not it arrived.
 */
export class SourceRows {
  readonly digests: EntityDigests;
  private hash: Statement | undefined;

  constructor(private readonly database: AgentDatabase) {
    this.digests = new EntityDigests(database);
  }

  /** What is known of these keys. */
  known(entity: Entity, keys: readonly string[]): Map<string, KnownRow> {
    const found = this.database
      .prepare('select key, hash, verdict from source_rows where entity = ? and key in (select value from json_each(?))')
      .all(entity, JSON.stringify(keys)) as { key: string; hash: string; verdict: string }[];
    return new Map(found.map(({ key, hash, verdict }) => [key, { hash, judged: verdict !== 'unsent' }]));
  }

  /** The source has these rows, each key once. Those that it had as they are stay as they are. */
  read(entity: Entity, rows: readonly { key: string; hash: string }[], at: Date): void {
    this.put(entity, rows, { verdict: 'unsent', detail: null, replace: true }, at);
  }

  /** The source has rows of these keys, and what they hold cannot be read. What was read of them before stays. */
  keepUnreadable(entity: Entity, keys: readonly string[], at: Date): void {
    const rows = keys.map((key) => ({ key, hash: NO_CONTENT }));
    this.put(entity, rows, { verdict: 'refused', detail: 'it cannot be read at the source', replace: false }, at);
  }

  /** The hub has judged rows; what was read anew meanwhile is not meant. */
  judge(entity: Entity, rows: readonly JudgedRow[], at: Date): void {
    const statement = this.database.prepare(
      `update source_rows set verdict = ?1, detail = ?2, sent_at = ?3
       where entity = ?4 and key = ?5 and hash = ?6 and (verdict <> ?1 or detail is not ?2)`,
    );
    inTransaction(this.database, () => {
      for (const { key, hash, verdict, detail } of rows) statement.run(verdict, detail, at.getTime(), entity, key, hash);
    });
  }

  /** The source has no rows of these keys any more. */
  remove(entity: Entity, keys: readonly string[]): void {
    const statement = this.database.prepare('delete from source_rows where entity = ? and key = ?');
    inTransaction(this.database, () => {
      let [n, d] = [0, 0n];
      for (const key of keys) {
        const hash = this.hashOf(entity, key);
        if (hash === undefined) continue;
        statement.run(entity, key);
        n -= 1;
        d -= digestOf(key, hash);
      }
      if (n < 0) this.digests.add(entity, n, d);
    });
  }

  /** How many rows of each kind there are; `unsent`: the hub has not judged them as they are. */
  counts(entity: Entity): Record<Judgement | 'unsent', number> {
    const open = this.database
      .prepare(`select verdict, count(*) as n from source_rows where entity = ? and verdict <> 'taken' group by verdict`)
      .all(entity) as { verdict: Judgement; n: number }[];
    const counts = { taken: 0, parked: 0, refused: 0, unsent: 0, ...Object.fromEntries(open.map(({ verdict, n }) => [verdict, n])) };
    return { ...counts, taken: this.digests.root(entity).count - counts.parked - counts.refused - counts.unsent };
  }

  /** Rows that the hub did not take, with the reason, some of them. */
  notTaken(entity: Entity, most: number): JudgedRow[] {
    return this.database
      .prepare(
        `select key, hash, verdict, detail from source_rows
         where entity = ? and verdict in ('parked', 'refused') and verdict <> 'taken' order by verdict, key limit ?`,
      )
      .all(entity, most) as JudgedRow[];
  }

  private put(
    entity: Entity,
    rows: readonly { key: string; hash: string }[],
    { verdict, detail, replace }: { verdict: string; detail: string | null; replace: boolean },
    at: Date,
  ): void {
    if (rows.length === 0) return;
    const statement = this.database.prepare(
      `insert into source_rows (entity, key, hash, verdict, detail, sent_at, place, r) values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (entity, key) do update set hash = excluded.hash, verdict = excluded.verdict, detail = excluded.detail, r = excluded.r`,
    );
    inTransaction(this.database, () => {
      let [n, d] = [0, 0n];
      for (const { key, hash } of rows) {
        const old = this.hashOf(entity, key);
        if (old === hash || (old !== undefined && !replace)) continue;
        const r = digestOf(key, hash);
        statement.run(entity, key, hash, verdict, detail, at.getTime(), placeOf(key), r);
        n += old === undefined ? 1 : 0;
        d += r - (old === undefined ? 0n : digestOf(key, old));
      }
      if (n > 0 || d !== 0n) this.digests.add(entity, n, d);
    });
  }

  /** Key by key: the sums must be right for keys, too, that JSON and SQLite write differently. */
  private hashOf(entity: Entity, key: string): string | undefined {
    this.hash ??= this.database.prepare('select hash from source_rows where entity = ? and key = ?');
    return (this.hash.get(entity, key) as { hash: string } | undefined)?.hash;
  }
}
