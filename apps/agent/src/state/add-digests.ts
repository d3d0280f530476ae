import type { Database } from 'libsql';
import { digestOf, placeOf } from './row-digest';

const PAGE = 5_000;

/** Rows get their place in the tree and what they add to its sums, and each entity its root. SQLite has no SHA-256: row by row. */
export function addDigests(database: Database): void {
  database.exec(
    `alter table sent_rows rename to source_rows;
     alter table source_rows add column place integer not null default 0;
     alter table source_rows add column r integer not null default 0;
     drop index sent_rows_not_taken;
     create table entity_digests (
       entity text primary key, n integer not null, d integer not null, complete integer not null default 0,
       deletes_owed integer not null default 0) without rowid;`,
  );
  const page = database.prepare('select entity, key, hash from source_rows where (entity, key) > (?, ?) order by entity, key limit ?');
  const fill = database.prepare('update source_rows set place = ?, r = ? where entity = ? and key = ?');
  const roots = new Map<string, { n: number; d: bigint }>();
  let last = { entity: '', key: '' };
  for (let rows = read(); rows.length > 0; rows = read()) {
    for (const { entity, key, hash } of rows) {
      const r = digestOf(key, hash);
      fill.run(placeOf(key), r, entity, key);
      const root = roots.get(entity) ?? { n: 0, d: 0n };
      roots.set(entity, { n: root.n + 1, d: root.d + r });
    }
    last = rows.at(-1) ?? last;
  }
  for (const [entity, { n, d }] of roots) {
    database.prepare('insert into entity_digests (entity, n, d) values (?, ?, ?)').run(entity, n, BigInt.asIntN(64, d));
  }
  database.exec(
    `-- the rows of a part of the tree, and their sums
     create index source_rows_place on source_rows (entity, place, r);
     -- what the hub has not taken
     create index source_rows_open on source_rows (entity, verdict) where verdict <> 'taken';`,
  );

  function read() {
    return page.all(last.entity, last.key, PAGE) as { entity: string; key: string; hash: string }[];
  }
}
