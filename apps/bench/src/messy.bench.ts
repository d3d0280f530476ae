import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messyExport, rowsOf, wrongPlaces, type MessyFile, type MessyRow } from '@repo/sample-data/messy-export';
import { BenchAgent } from './agent-process';
import type { BenchStack } from './bench-stack';
import { startBenchHub, type BenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';

const MB = 1_000_000;
const PAGE = 1_000;

const SOURCE = (folder: string) => `source:
  kind: csv
  folder: "${folder}"
  settleSeconds: 0.1
  entities:
    items:
      files: articles-*.csv
      wholeLastLine: true
      cells: { number: { decimal: comma, thousands: space } }
      fields:
        sku: CODART
        name: LIB1
        description: DESCRIPTIF
        priceExclVat: PVHT
        erpUnitCode: { constant: PCE }
        erpVatCode: { constant: T1 }`;

const MAPPINGS = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
];

/** The agent's process on a messy export of 100 MB: every right row is in the hub, every wrong one told by its line. */
export async function benchMessy(stack: BenchStack, { rows: articles = 500_000 } = {}): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'messy-bench-'));
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  try {
    const files = messyExport(articles);
    const bytes = await write(folder, files);
    print(`messy: ${whole(articles)} articles in Windows-1252 and UTF-8, ${whole(bytes / MB)} MB, by \`erp-agent push --full\``);
    const { agent, problems } = await enrolled(hub, folder);
    const run = await agent.command(['push', '--full', '--problems', problems]);
    if (run.code !== 1) throw new Error(`erp-agent push gave ${run.code}:\n${run.output.slice(-2_000)}`);
    const told = new Set(readFileSync(problems, 'utf8').match(/articles-\d\.csv line \d+/g));
    const wrong = files.flatMap((file) => [...wrongPlaces(file)]);
    const expected = rowsOf(files);
    const differing = await differences(hub, expected);
    const memory = run.samples.map(({ all }) => all);
    print(
      `  ${run.seconds.toFixed(0)} s; ${whole(expected.size)} rows, ${whole(wrong.length)} places that are wrong; memory: median ${whole(
        median(memory) / MB,
      )} MB, most ${whole(Math.max(...memory) / MB)} MB`,
    );
    return [
      printPromise('resident memory, at most', Math.max(...memory) / MB, '<', 200, 'MB'),
      printPromise('rows that the hub has not, or has otherwise, or too many', differing, '<', 1, 'rows'),
      printPromise('wrong places that were not told, or told wrongly', unlike(told, wrong), '<', 1, 'lines'),
    ].every(Boolean);
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(folder: string, files: readonly MessyFile[]): Promise<number> {
  let bytes = 0;
  for (const { name, records } of files) {
    const file = path.join(folder, name);
    await pipeline(Readable.from(blocks(records())), createWriteStream(file));
    bytes += (await stat(file)).size;
  }
  return bytes;
}

function* blocks(records: Iterable<{ bytes: Buffer }>): Generator<Buffer> {
  let block: Buffer[] = [];
  for (const { bytes } of records) {
    if (block.push(bytes) < 500) continue;
    yield Buffer.concat(block);
    block = [];
  }
  yield Buffer.concat(block);
}

async function enrolled(hub: BenchHub, folder: string): Promise<{ agent: BenchAgent; problems: string }> {
  const admin = { 'x-api-key': hub.apiKey };
  await hub.post('/api/admin/mappings/seed', admin, { vendorId: 'messy', mappings: MAPPINGS });
  const { code } = (await hub.post('/api/admin/agents/messy/enrolment', admin, {})) as { code: string };
  const agent = new BenchAgent(path.join(folder, 'agent'));
  await agent.enrol(hub.baseUrl, 'messy', code, SOURCE(folder));
  return { agent, problems: path.join(folder, 'problems.txt') };
}

/** How many rows are not alike on both sides. */
async function differences(hub: BenchHub, expected: ReadonlyMap<string, MessyRow>): Promise<number> {
  let [same, others, cursor] = [0, 0, ''];
  for (;;) {
    const query = new URLSearchParams({ vendorId: 'messy', limit: String(PAGE), ...(cursor === '' ? {} : { cursor }) });
    const reply = await fetch(`${hub.baseUrl}/api/items?${query.toString()}`, { headers: { 'x-api-key': hub.apiKey } });
    const { data, meta } = (await reply.json()) as { data: MessyRow[]; meta: { nextCursor: string; hasMore: boolean } };
    for (const { sku, name, priceExclVat } of data) {
      const row = expected.get(sku);
      if (row?.name === name && row.priceExclVat === priceExclVat) same += 1;
      else others += 1;
    }
    if (!meta.hasMore) return others + expected.size - same;
    cursor = meta.nextCursor;
  }
}

function unlike(told: ReadonlySet<string>, wrong: readonly string[]): number {
  const known = new Set(wrong);
  return wrong.filter((place) => !told.has(place)).length + [...told].filter((place) => !known.has(place)).length;
}
