import type { Entity } from '@repo/contracts/primitives';
import { inTransaction, type AgentDatabase } from './agent-database';

/** What the hub made of a row: it has it, it has parked it until something arrives, or it refuses it as it is. */
export type SentVerdict = 'taken' | 'parked' | 'refused';

/** A row whose content the hub has judged. Sent again only when its content changes. */
export interface SentRow {
  key: string;
  hash: string;
  verdict: SentVerdict;
  /** Why, where it was not taken. */
  detail: string | null;
}

/** What was sent of each row, so that only what changed is sent again. */
export class SentRows {
  constructor(private readonly database: AgentDatabase) {}

  /** The hashes of these keys, as far as they were sent. */
  hashes(entity: Entity, keys: readonly string[]): Map<string, string> {
    const found = this.database
      .prepare('select key, hash from sent_rows where entity = ? and key in (select value from json_each(?))')
      .all(entity, JSON.stringify(keys)) as { key: string; hash: string }[];
    return new Map(found.map(({ key, hash }) => [key, hash]));
  }

  remember(entity: Entity, rows: readonly SentRow[], at: Date): void {
    const statement = this.database.prepare(
      `insert into sent_rows (entity, key, hash, verdict, detail, sent_at) values (?, ?, ?, ?, ?, ?)
       on conflict (entity, key) do update set hash = excluded.hash, verdict = excluded.verdict, detail = excluded.detail, sent_at = excluded.sent_at`,
    );
    inTransaction(this.database, () => {
      for (const { key, hash, verdict, detail } of rows) statement.run(entity, key, hash, verdict, detail, at.getTime());
    });
  }

  /** Forgets rows, so that they are sent again; all of an entity without keys. */
  forget(entity: Entity, keys?: readonly string[]): void {
    if (keys === undefined) this.database.prepare('delete from sent_rows where entity = ?').run(entity);
    else
      this.database
        .prepare('delete from sent_rows where entity = ? and key in (select value from json_each(?))')
        .run(entity, JSON.stringify(keys));
  }

  /** How many rows of each kind there are. */
  counts(entity: Entity): Record<SentVerdict, number> {
    const found = this.database.prepare('select verdict, count(*) as n from sent_rows where entity = ? group by verdict').all(entity) as {
      verdict: SentVerdict;
      n: number;
    }[];
    return { taken: 0, parked: 0, refused: 0, ...Object.fromEntries(found.map(({ verdict, n }) => [verdict, n])) };
  }

  /** Rows that the hub did not take, with the reason, some of them. */
  notTaken(entity: Entity, most: number): SentRow[] {
    return this.database
      .prepare(`select key, hash, verdict, detail from sent_rows where entity = ? and verdict <> 'taken' order by verdict, key limit ?`)
      .all(entity, most) as SentRow[];
  }
}
