import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestRow, formatDigest } from '@repo/contracts/digest';
import * as fc from 'fast-check';
import Database from 'libsql';
import vectors from '../../../../packages/contracts/vectors/digest-vectors.json';
import { RowClock } from '../sync/row-clock';
import { openAgentDatabase, inTransaction, type AgentDatabase } from './agent-database';
import { Cursors } from './cursors';
import { Meta } from './meta';
import { SourceRows, type JudgedRow } from './source-rows';

let folder: string;
let database: AgentDatabase;
const open = () => openAgentDatabase(path.join(folder, 'agent.db'));
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-state-'));
  database = open();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});
const row = (key: string, hash: string) => ({ key, hash });
const judged = (key: string, hash: string): JudgedRow => ({ key, hash, verdict: 'taken', detail: null });
const reopen = () => {
  database.close();
  database = open();
};

it('keeps what was read and judged over a restart, a row of each key', () => {
  const rows = new SourceRows(database);
  rows.read('items', [row('a', '1'), row('b', '1'), row('c', '1'), row('d', '1')], new Date());
  rows.judge('items', [judged('a', '1'), judged('b', '1'), judged('c', '1')], new Date());
  rows.read('items', [row('b', '2'), row('c', '1')], new Date());
  // What was under way when the source changed again says nothing of what it holds now.
  rows.judge('items', [judged('b', '1')], new Date());
  rows.judge('items', [{ ...judged('d', '1'), verdict: 'refused', detail: 'no name' }], new Date());
  reopen();
  const again = new SourceRows(database);
  expect([...again.known('items', ['a', 'b', 'c', 'x'])]).toEqual([
    ['a', { hash: '1', judged: true }],
    ['b', { hash: '2', judged: false }],
    ['c', { hash: '1', judged: true }],
  ]);
  expect(again.known('stock', ['a'])).toEqual(new Map());
  expect(again.counts('items')).toEqual({ taken: 2, parked: 0, refused: 1, unsent: 1 });
  expect(again.notTaken('items', 10)).toEqual([{ key: 'd', hash: '1', verdict: 'refused', detail: 'no name' }]);
});

it('keeps the keys of rows that cannot be read, and what was read of them before', () => {
  const rows = new SourceRows(database);
  rows.read('items', [row('a', '1')], new Date());
  rows.keepUnreadable('items', ['a', 'b'], new Date());
  expect(rows.known('items', ['a']).get('a')?.hash).toBe('1');
  expect(rows.notTaken('items', 10)).toMatchObject([{ key: 'b', verdict: 'refused', detail: 'it cannot be read at the source' }]);
  rows.read('items', [row('b', '2')], new Date());
  expect(rows.known('items', ['b']).get('b')).toEqual({ hash: '2', judged: false });
});

describe('roots', () => {
  it('change with the rows, whatever is read, kept and removed', () => {
    const key = fc.constantFrom('a', 'b', 'Käse', 'nul\0', '\ud800', '__proto__', 'x\u001fy');
    const step = fc.record({ key, what: fc.constantFrom('1', '2', 'keep', 'remove') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const rows = new SourceRows(database);
        database.exec('delete from source_rows; delete from entity_digests');
        const model = new Map<string, string>();
        for (const { key: changed, what } of steps) {
          if (what === 'remove') {
            rows.remove('items', [changed, 'never there']);
            model.delete(changed);
          } else if (what === 'keep') {
            rows.keepUnreadable('items', [changed], new Date());
            if (!model.has(changed)) model.set(changed, 'unreadable');
          } else {
            rows.read('items', [row(changed, what), row('other', what)], new Date());
            model.set(changed, what).set('other', what);
          }
        }
        const sum = [...model].reduce((so, [each, hash]) => so + digestRow(each, hash).r, 0n);
        expect(rows.digests.root('items')).toEqual({ count: model.size, digest: formatDigest(sum) });
      }),
      { numRuns: 40 },
    );
  });

  it('are those of the vectors', () => {
    const rows = new SourceRows(database);
    rows.read(
      'items',
      vectors.rows.map(({ key, contentHash }) => row(key, contentHash)),
      new Date(),
    );
    reopen();
    expect(new SourceRows(database).digests.root('items')).toEqual(vectors.root);
    expect(new SourceRows(database).digests.root('stock')).toEqual(vectors.emptyRoot);
  });

  it('are there after a state of before was brought up to date, and not taken for whole', () => {
    database.close();
    const file = path.join(folder, 'old.db');
    const old = new Database(file);
    old.exec(
      `create table meta (key text primary key, value text not null) without rowid;
       create table cursors (entity text primary key, cursor text, read_at integer not null) without rowid;
       create table sent_rows (
         entity text not null, key text not null, hash text not null, verdict text not null, detail text, sent_at integer not null,
         primary key (entity, key)) without rowid;
       create index sent_rows_not_taken on sent_rows (entity, verdict) where verdict <> 'taken';
       pragma user_version = 1`,
    );
    const insert = old.prepare('insert into sent_rows values (?, ?, ?, ?, null, 0)');
    for (const { key, contentHash } of vectors.rows) insert.run('items', key, contentHash, 'taken');
    insert.run('stock', 'W1\u001fA', 'h', 'parked');
    old.close();
    database = openAgentDatabase(file);
    const rows = new SourceRows(database);
    expect(rows.digests.root('items')).toEqual(vectors.root);
    expect([rows.digests.isComplete('items'), rows.digests.owesDeletes('items')]).toEqual([false, false]);
    expect(rows.counts('stock')).toEqual({ taken: 0, parked: 1, refused: 0, unsent: 0 });
    rows.remove(
      'items',
      vectors.rows.map(({ key }) => key),
    );
    expect(rows.digests.root('items')).toEqual(vectors.emptyRoot);
  });
});

it('keeps cursors', () => {
  const cursors = new Cursors(database);
  expect([cursors.read('items'), cursors.readAt('items')]).toEqual([null, undefined]);
  cursors.write('items', 'c-1', new Date(5));
  reopen();
  expect([new Cursors(database).read('items'), new Cursors(database).readAt('items')]).toEqual(['c-1', new Date(5)]);
});

it('undoes what fails half-way', () => {
  const meta = new Meta(database);
  expect(() =>
    inTransaction(database, () => {
      meta.write('last_full_items', 'x');
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(meta.read('last_full_items')).toBeUndefined();
});

describe('stamps of rows', () => {
  it('do not go back when the clock does, nor over a restart', () => {
    let now = 1_000_000;
    const clock = new RowClock(new Meta(database), () => now);
    const first = clock.stamp();
    now -= 500_000;
    expect(clock.stamp() >= first).toBe(true);
    reopen();
    expect(new RowClock(new Meta(database), () => now).stamp() >= first).toBe(true);
  });

  it('are the time as soon as it is later', () => {
    let now = 1_000_000;
    const clock = new RowClock(new Meta(database), () => now);
    clock.stamp();
    now += 60_000;
    expect(clock.stamp()).toBe(new Date(now).toISOString());
  });
});
