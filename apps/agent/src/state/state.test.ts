import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RowClock } from '../sync/row-clock';
import { openAgentDatabase, inTransaction, type AgentDatabase } from './agent-database';
import { Cursors } from './cursors';
import { Meta } from './meta';
import { SentRows } from './sent-rows';

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
const reopen = () => {
  database.close();
  database = open();
};

it('keeps what was sent over a restart, a row of each key', () => {
  const rows = new SentRows(database);
  const row = (key: string, hash: string) => ({ key, hash, verdict: 'taken' as const, detail: null });
  rows.remember('items', [row('a', '1'), row('b', '1')], new Date());
  rows.remember('items', [{ ...row('b', '2'), verdict: 'refused', detail: 'no name' }], new Date());
  reopen();
  const again = new SentRows(database);
  expect(again.hashes('items', ['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  expect(again.hashes('stock', ['a'])).toEqual(new Map());
  expect(again.counts('items')).toEqual({ taken: 1, parked: 0, refused: 1 });
  expect(again.notTaken('items', 10)).toEqual([{ key: 'b', hash: '2', verdict: 'refused', detail: 'no name' }]);
  again.forget('items', ['a']);
  expect([...again.hashes('items', ['a', 'b']).keys()]).toEqual(['b']);
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
      meta.write('last_full', 'x');
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(meta.read('last_full')).toBeUndefined();
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
