import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contentHashOf } from '@repo/contracts/content-hash';
import { digestRow, formatDigest } from '@repo/contracts/digest';
import * as fc from 'fast-check';
import { HubOfRows, lineCut } from '../../test/support/hub-of-rows';
import { Shelf } from '../../test/support/shelf';
import { openAgentDatabase, type AgentDatabase } from '../state/agent-database';
import { Cursors } from '../state/cursors';
import { Meta } from '../state/meta';
import { SourceRows } from '../state/source-rows';
import { explainDeletes } from './explain-deletes';
import { pushEntity } from './push-entity';
import { pushEverything, type PushEverythingParts } from './push-everything';
import { RowClock } from './row-clock';

let folder: string;
let database: AgentDatabase;
let shelf: Shelf;
let hub: HubOfRows;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'agent-everything-'))));
afterAll(() => rmSync(folder, { recursive: true }));
let states = 0;
function fill(rows = 20): void {
  shelf = new Shelf();
  hub = new HubOfRows();
  for (let i = 0; i < rows; i++) shelf.items.set(`S-${i}`, `name ${i}`);
}
beforeEach(() => {
  database = openAgentDatabase(path.join(folder, `${++states}.db`));
  database.pragma('synchronous = OFF');
  fill();
});
afterEach(() => database.close());

const parts = (): PushEverythingParts => ({
  client: hub.client,
  connector: shelf.connector,
  database,
  source: new SourceRows(database),
  cursors: new Cursors(database),
  clock: new RowClock(new Meta(database), Date.now),
});
const signal = new AbortController().signal;
const pushAll = (dryRun = false) => pushEverything(parts(), 'items', { signal, dryRun });
const digests = () => new SourceRows(database).digests;
const keysOf = (map: ReadonlyMap<string, unknown>) => [...map.keys()].sort();
const rootOf = (rows: ReadonlyMap<string, string>) => ({
  count: rows.size,
  digest: formatDigest([...rows].reduce((sum, [sku, name]) => sum + digestRow(sku, contentHashOf({ sku, name })).r, 0n)),
});

it('sends everything in a snapshot at first, so that what an earlier life left at the hub goes', async () => {
  hub.live.set('OLD', 'of another agent');
  expect(await pushAll()).toMatchObject({ read: 20, sent: 20, gone: 0, deletes: { kind: 'committed', tombstoned: 1 } });
  expect(keysOf(hub.live)).toEqual(keysOf(shelf.items));
  expect(digests().root('items')).toEqual(rootOf(shelf.items));
  expect(digests().isComplete('items')).toBe(true);
});

it('sends nothing again while nothing has gone, and everything in a snapshot when something has', async () => {
  await pushAll();
  expect(await pushAll()).toMatchObject({ unchanged: 20, sent: 0, gone: 0, deletes: undefined });
  expect(hub.sentRows).toBe(20);
  shelf.items.delete('S-3');
  shelf.items.set('S-4', 'changed');
  expect(await pushAll(true)).toMatchObject({ toSend: 1, gone: 1 });
  expect(hub.live.has('S-3')).toBe(true);
  expect(await pushAll()).toMatchObject({ gone: 1, sent: 19, deletes: { kind: 'committed', tombstoned: 1 } });
  expect(Object.fromEntries(hub.live)).toEqual(Object.fromEntries(shelf.items));
  expect(digests().root('items')).toEqual(rootOf(shelf.items));
  shelf.items.set('S-3', 'name 3');
  expect(await pushAll()).toMatchObject({ sent: 1 });
  expect(hub.live.get('S-3')).toBe('name 3');
});

it('deletes the next time what went after it was sent', async () => {
  let parts = 0;
  // Behind the three parts with rows come the keys.
  shelf.before = () => void (++parts === 4 && shelf.items.delete('S-19'));
  expect(await pushAll()).toMatchObject({ sent: 20, gone: 1, deletes: { kind: 'committed', tombstoned: 0 } });
  expect(hub.live.has('S-19')).toBe(true);
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'committed', tombstoned: 1 } });
  expect(keysOf(hub.live)).toEqual(keysOf(shelf.items));
});

it('deletes no row of which only the key can be read', async () => {
  shelf.torn.add('S-1');
  hub.live.set('S-1', 'of before');
  expect(await pushAll()).toMatchObject({ bad: 1, deletes: { kind: 'committed', tombstoned: 0 } });
  shelf.torn.add('S-2');
  shelf.items.delete('S-5');
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'committed', tombstoned: 1 } });
  expect(hub.live.get('S-1')).toBe('of before');
  expect(hub.live.get('S-2')).toBe('name 2');
  // The hub has another content than the source, as far as anybody knows.
  expect(digests().root('items').count).toBe(19);
});

it('deletes nothing, and says so, while a row has no readable key', async () => {
  await pushAll();
  shelf.illegible.add('S-1');
  shelf.items.delete('S-2');
  const report = await pushAll();
  expect(report.deletes).toEqual({ kind: 'unreadable', places: 1 });
  expect(explainDeletes(report)).toContain('1 place(s)');
  expect(keysOf(hub.live)).toHaveLength(20);
  expect(digests().root('items').count).toBe(20);
  shelf.illegible.clear();
  expect(await pushAll()).toMatchObject({ gone: 1, deletes: { kind: 'committed', tombstoned: 1 } });
});

it('takes a source that cannot be read completely for no source at all', async () => {
  shelf.illegible.add('S-1');
  hub.live.set('S-1', 'of before');
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'unreadable' } });
  expect([digests().isComplete('items'), hub.hasOpenSnapshot]).toEqual([false, false]);
  expect(hub.live.has('S-1')).toBe(true);
});

it('deletes nothing when the source is not all there', async () => {
  await pushAll();
  shelf.items.clear();
  shelf.allThere = false;
  await expect(pushAll()).rejects.toThrow('a file is being written');
  expect(hub.live.size).toBe(20);
  expect(digests().root('items').count).toBe(20);
});

it('asks again, day by day, as long as the hub holds what would be too much, and says what to do', async () => {
  await pushAll();
  hub.mostDeleted = 0.2;
  shelf.items.clear();
  const report = await pushAll();
  expect(report).toMatchObject({ gone: 20, deletes: { kind: 'held' } });
  expect(explainDeletes(report)).toContain('Look whether the source is all there');
  expect(hub.live.size).toBe(20);
  expect(digests().root('items').count).toBe(0);
  expect(await pushAll()).toMatchObject({ gone: 0, deletes: { kind: 'held' } });
  hub.mostDeleted = 1;
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'committed', tombstoned: 20 } });
  expect(await pushAll()).toMatchObject({ deletes: undefined });
});

it('does without snapshots where the hub has none, and tells of what it cannot delete', async () => {
  hub.hasSnapshots = false;
  expect(explainDeletes(await pushAll())).toBeUndefined();
  expect(hub.live.size).toBe(20);
  shelf.items.delete('S-1');
  const report = await pushAll();
  expect(report).toMatchObject({ gone: 1, deletes: { kind: 'not_supported' } });
  expect(explainDeletes(report)).toContain('1 row(s) have gone');
  hub.hasSnapshots = true;
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'committed', tombstoned: 1 } });
});

it('abandons what the hub does not agree on, and tries again the next time', async () => {
  await pushAll();
  shelf.items.delete('S-1');
  // Something else has sent a row with this snapshot.
  hub.before = (request) => {
    if (request !== 'commit') return;
    hub.before = () => undefined;
    void hub.client.ingestTexts('items', [JSON.stringify({ sku: 'X', name: 'x', contentHash: 'h' })], { snapshotId: 'snapshot-2' });
  };
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'refused', code: 'count_mismatch' } });
  expect([hub.live.has('S-1'), hub.hasOpenSnapshot]).toEqual([true, false]);
  expect(await pushAll()).toMatchObject({ deletes: { kind: 'committed' } });
  expect(hub.live.has('S-1')).toBe(false);
});

it('shows what was lost on the way: the root says what was read', async () => {
  hub.before = () => {
    throw lineCut();
  };
  await expect(pushEntity(parts(), 'items', { full: false, signal })).rejects.toThrow();
  expect(digests().root('items')).toEqual(rootOf(shelf.items));
});

it('sends again what it had been before a reply was lost', async () => {
  await pushAll();
  const { ingestTexts } = hub.client;
  shelf.items.set('S-1', 'between');
  hub.client.ingestTexts = async (...given) => {
    await ingestTexts(...given);
    throw lineCut();
  };
  await expect(pushAll()).rejects.toThrow();
  expect(hub.live.get('S-1')).toBe('between');
  hub.client.ingestTexts = ingestTexts;
  shelf.items.set('S-1', 'name 1');
  await pushAll();
  expect(hub.live.get('S-1')).toBe('name 1');
});

it('never has a row deleted that the source holds, wherever it is cut off, and ends equal', async () => {
  const sku = fc.integer({ min: 0, max: 25 }).map((n) => `S-${n}`);
  const step = fc.record({
    change: fc.array(fc.record({ sku, what: fc.constantFrom('put', 'delete', 'tear', 'smudge', 'mend') }), { maxLength: 6 }),
    cutAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
    during: fc.option(sku, { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      database.exec('delete from source_rows; delete from entity_digests; delete from cursors; delete from meta');
      fill(10);
      for (const { change, cutAfter, during } of steps) {
        for (const { sku: changed, what } of change) {
          if (what === 'put') shelf.items.set(changed, `${changed} ${Math.random()}`);
          if (what === 'delete') shelf.items.delete(changed);
          if (what === 'tear') shelf.torn.add(changed);
          if (what === 'smudge') shelf.illegible.add(changed);
          if (what === 'mend') [shelf.torn, shelf.illegible].forEach((set) => set.delete(changed));
        }
        let left = cutAfter ?? Number.POSITIVE_INFINITY;
        const cut = () => {
          if (--left < 0) throw lineCut();
        };
        shelf.before = () => {
          cut();
          if (left === 20 && during !== undefined) shelf.items.set(during, 'put meanwhile');
        };
        hub.before = cut;
        const before = new Set(hub.live.keys());
        await pushAll().catch((error: unknown) => expect(error).toMatchObject({ failure: { status: 502 } }));
        for (const key of before) if (shelf.items.has(key)) expect(hub.live.has(key)).toBe(true);
      }
      [shelf.before, hub.before] = [() => undefined, () => undefined];
      [shelf.torn, shelf.illegible].forEach((set) => set.clear());
      await pushAll();
      expect(Object.fromEntries(hub.live)).toEqual(Object.fromEntries(shelf.items));
      expect(digests().root('items')).toEqual(rootOf(shelf.items));
    }),
    { numRuns: 60 },
  );
});
