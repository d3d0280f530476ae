import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Entity } from '@repo/contracts/primitives';
import type { IngestReply } from '@repo/contracts/verdicts';
import type { ChangedRows, Connector, Cursor, SourceRecord } from '../connectors/connector';
import { openAgentDatabase, type AgentDatabase } from '../state/agent-database';
import { Cursors } from '../state/cursors';
import { Meta } from '../state/meta';
import { SourceRows } from '../state/source-rows';
import { pushEntity, type PushParts } from './push-entity';
import { RowClock } from './row-clock';

interface Sent {
  sku: string;
  name: string;
  contentHash: string;
  lastSyncedAt: string;
}

let folder: string;
let database: AgentDatabase;
let source: { sku: string; name: string }[];
/** Rows as the hub has them, and the bodies that it got. */
let hub: Map<string, Sent>;
let requests: Sent[][];
/** What the hub says of a row instead of writing it. */
let verdictOf: (row: Sent) => IngestReply['results'][number] | undefined;
let failAfter: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-push-'));
  database = openAgentDatabase(path.join(folder, 'agent.db'));
  source = Array.from({ length: 1_234 }, (_, i) => ({ sku: `S-${i}`, name: `name ${i}` }));
  hub = new Map();
  requests = [];
  verdictOf = () => undefined;
  failAfter = Number.POSITIVE_INFINITY;
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const PART = 100;
/** A source that is read in parts; its cursor is the place behind the last one. */
const connector = {
  async *readChanged(_entity: Entity, cursor: Cursor): AsyncGenerator<ChangedRows> {
    for (let at = Number(cursor ?? 0); at < source.length; at += PART) {
      const records = source.slice(at, at + PART).map((row): SourceRecord => ({ kind: 'row', row: { ...row }, changedAt: undefined }));
      yield await Promise.resolve({ records, cursor: String(at + PART) });
    }
  },
} as unknown as Connector;

const client: PushParts['client'] = {
  awayMs: () => 0,
  ingestTexts: async (_entity, texts) => {
    if (requests.length >= failAfter) throw new Error('the line is cut');
    const rows = texts.map((text) => JSON.parse(text) as Sent);
    requests.push(rows);
    const results = rows.flatMap((row, index) => {
      const verdict = verdictOf(row);
      if (verdict === undefined) hub.set(row.sku, row);
      return verdict === undefined ? [] : [{ ...verdict, index, key: row.sku }];
    });
    return Promise.resolve({ processed: rows.length - results.length, skipped: 0, failed: results.length, results } as IngestReply);
  },
};

const push = (full = false, more: { dryRun?: boolean } = {}) => {
  const meta = new Meta(database);
  const parts = {
    client,
    connector,
    source: new SourceRows(database),
    cursors: new Cursors(database),
    clock: new RowClock(meta, Date.now),
  };
  return pushEntity(parts, 'items', { full, signal: new AbortController().signal, ...more });
};
const fromStart = () => new Cursors(database).write('items', null, new Date());

it('sends everything once, and then only what changed', async () => {
  expect(await push()).toMatchObject({ read: 1_234, sent: 1_234, verdicts: { taken: 1_234 } });
  expect(hub.size).toBe(1_234);
  fromStart();
  (source[7] as { name: string }).name = 'changed';
  expect(await push()).toMatchObject({ read: 1_234, unchanged: 1_233, sent: 1 });
  expect(hub.get('S-7')?.name).toBe('changed');
  expect(await push(true)).toMatchObject({ read: 1_234, unchanged: 1_234, sent: 0 });
});

it('goes on where everything before was judged', async () => {
  await push();
  source.push({ sku: 'new', name: 'new' });
  expect(new Cursors(database).read('items')).toBe('1300');
  new Cursors(database).write('items', '1200', new Date());
  expect(await push()).toMatchObject({ read: 35, sent: 1 });
});

it('sends what is left after it was cut off, whatever had been sent', async () => {
  failAfter = 2;
  await expect(push(false)).rejects.toThrow('the line is cut');
  const first = hub.size;
  expect(first).toBeGreaterThan(0);
  failAfter = Number.POSITIVE_INFINITY;
  await push(false);
  expect(hub.size).toBe(1_234);
  expect(requests.flat()).toHaveLength(1_234);
});

it('does not send again what is parked or refused, until it changes', async () => {
  verdictOf = ({ sku }) => {
    if (sku === 'S-1') return { index: 0, key: sku, status: 'failed', reason: 'invalid', detail: 'name: is required', parked: false };
    if (sku === 'S-2') return { index: 0, key: sku, status: 'failed', reason: 'unmapped_unit', detail: 'no mapping', parked: true };
    return undefined;
  };
  const report = await push();
  expect(report.verdicts).toMatchObject({ invalid: 1, unmapped_unit: 1 });
  expect(report.examples.map(({ key }) => key).sort()).toEqual(['S-1', 'S-2']);
  expect(new SourceRows(database).counts('items')).toEqual({ taken: 1_232, parked: 1, refused: 1, unsent: 0 });
  expect((await push(true)).sent).toBe(0);
  (source[1] as { name: string }).name = 'better';
  verdictOf = () => undefined;
  expect(await push(true)).toMatchObject({ sent: 1, verdicts: { taken: 1 } });
  expect(new SourceRows(database).notTaken('items', 9)).toMatchObject([{ key: 'S-2' }]);
});

it('sends a stale row again, with a later time', async () => {
  let refusals = 1;
  verdictOf = ({ sku }) =>
    sku === 'S-3' && refusals-- > 0
      ? { index: 0, key: sku, status: 'failed', reason: 'stale', detail: 'older than stored', parked: false }
      : undefined;
  await push();
  expect(hub.has('S-3')).toBe(false);
  await push(true);
  const times = requests.flat().filter(({ sku }) => sku === 'S-3');
  expect(times).toHaveLength(2);
  expect((times[1] as Sent).lastSyncedAt >= (times[0] as Sent).lastSyncedAt).toBe(true);
  expect(hub.has('S-3')).toBe(true);
});

it('sends nothing in a dry run, and remembers nothing', async () => {
  expect(await push(false, { dryRun: true })).toMatchObject({ read: 1_234, toSend: 1_234, sent: 0 });
  expect(requests).toEqual([]);
  expect(new Cursors(database).read('items')).toBeNull();
});
