import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import type { Catalogue, Rows } from '@repo/sample-data/catalogue';
import type { ItemRow, MappingEntry } from '@repo/sample-data/rows';
import { DemoFailure } from './failures';
import type { HubClient } from './hub/hub-client';
import type { HubSecrets } from './hub/hub-settings';
import { faultOfFirst, faultOfRepeat } from './push/check-push';
import { prepareRows, type PreparedRows } from './push/prepare-rows';
import { progressLine, pushedLine } from './push/progress';
import { pushRows, type PushResult } from './push/push-rows';
import { Tally } from './push/tally';
import type { PushRecord } from './summary';
import { count, plural, size } from '@repo/terminal/numbers';
import type { Terminal } from '@repo/terminal/terminal';
import { seedVendor, VendorSession } from './vendor-session';

/** Warehouses and items first: stock refers to both. */
const PUSH_ORDER: readonly Entity[] = ['warehouses', 'items', 'stock'];

/** A vendor whose whole catalogue is in the hub. */
export interface PushedVendor {
  session: VendorSession;
  mappings: MappingEntry[];
  /** Some items, as they are stored. */
  samples: ItemRow[];
  records: PushRecord[];
}

/** Brings one vendor's catalogue into the hub, and then the same once more. */
export async function pushCatalogue(
  catalogue: Catalogue,
  flawless: boolean,
  hub: HubClient,
  secrets: HubSecrets,
  terminal: Terminal,
): Promise<PushedVendor> {
  terminal.heading(`Vendor ${catalogue.vendor}`);
  const mappings = await collect(catalogue.mappings());
  const prepared = await terminal.step('Rows made ready', (note) => prepareAll(catalogue, note), describe);
  const session = await terminal.step(
    'Agent registered',
    () => VendorSession.register(hub, secrets, catalogue.vendor),
    () => 'with a token of its own',
  );
  await terminal.step(
    'Mappings seeded',
    () => seedVendor(hub, secrets.apiKey, catalogue.vendor, mappings),
    ({ created, leftOut }) => `${plural(created, 'code')}${leftOut === 0 ? '' : `; ${count(leftOut)} left out: too long to be codes`}`,
  );

  const records: PushRecord[] = [];
  const push = async (rows: PreparedRows, which: PushRecord['push']): Promise<PushResult> => {
    const result = await pushOne(session, rows, terminal);
    records.push({ vendorId: catalogue.vendor, entity: rows.entity, push: which, tally: result.tally, ms: result.ms });
    return result;
  };
  const first = new Map<Entity, PushResult>();
  for (const { entity, repeated } of prepared) {
    if (repeated.size > 0)
      terminal.line(`  In these ${entity}, ${plural(repeated.size, 'key')} come more than once: their rows take turns`);
  }
  terminal.line('  Push');
  for (const rows of prepared) {
    const result = await push(rows, 'first');
    refuseFault(faultOfFirst(rows, result.outcomes, flawless));
    first.set(rows.entity, result);
  }
  terminal.line('  Push the same again');
  let samples: ItemRow[] = [];
  for (const rows of prepared) {
    const { outcomes } = await push(rows, 'again');
    refuseFault(faultOfRepeat(rows, first.get(rows.entity)?.outcomes ?? [], outcomes));
    // What is unchanged the second time is stored just as it was sent.
    if (rows.entity === 'items') samples = (rows.samples as ItemRow[]).filter((_, row) => outcomes[0]?.[row] === 'unchanged');
  }
  return { session, mappings, samples, records };
}

async function prepareAll(catalogue: Catalogue, note: (text: string) => void): Promise<PreparedRows[]> {
  const all: PreparedRows[] = [];
  for (const entity of PUSH_ORDER) {
    const rows = await prepareRows(entity, catalogue[entity](), (done) => note(`${count(done)} ${entity}`));
    if (rows.rows > 0) all.push(rows);
  }
  return all;
}

function describe(all: readonly PreparedRows[]): string {
  const total = (of: (rows: PreparedRows) => number) => all.reduce((sum, rows) => sum + of(rows), 0);
  const rows = total((prepared) => prepared.rows);
  const requests = total((prepared) => prepared.batches.length);
  const bytes = `${size(total((prepared) => prepared.jsonBytes))} of JSON, ${size(total((prepared) => prepared.bodyBytes))} compressed`;
  return `${plural(rows, 'row')} in ${plural(requests, 'request')}: ${bytes}`;
}

async function pushOne(session: VendorSession, rows: PreparedRows, terminal: Terminal): Promise<PushResult> {
  const start = performance.now();
  const show = (tally: Tally) => terminal.passing(progressLine(rows.entity, rows.rows, tally, performance.now() - start));
  show(new Tally());
  const result = await pushRows(session, rows, show);
  terminal.line(`  ${terminal.paint.green('✓')} ${pushedLine(rows.entity, result.tally, result.ms)}`);
  for (const [outcome, example] of result.examples) terminal.line(`      ${terminal.paint.dim(`${outcome}, for example ${example}`)}`);
  return result;
}

function refuseFault(fault: string | undefined): void {
  if (fault !== undefined) throw new DemoFailure(`Not as promised: ${fault}`);
}

async function collect<T>(rows: Rows<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Asks the hub, by the digests of a heartbeat, whether it holds exactly what it said it had stored. */
export async function compareDigests(session: VendorSession, terminal: Terminal): Promise<void> {
  const { digests, drift } = await session.heartbeat();
  const states = ENTITY_LIST.map((entity) => `${entity} ${count(digests[entity].count)} ${drift[entity] ?? 'not compared'}`);
  const inSync = ENTITY_LIST.every((entity) => drift[entity] === 'in_sync');
  if (!inSync) throw new DemoFailure(`Not as promised: the hub holds other rows of ${session.vendorId} than it said: ${states.join(', ')}`);
  terminal.done(session.vendorId, states.join(' · '));
}
