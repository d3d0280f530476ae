import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { MOST_ROWS } from '@repo/contracts/operations/ingest-operations';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Rows } from '@repo/sample-data/catalogue';

const compress = promisify(gzip);

/** Below the hub's limit of 10 MB with room for the envelope: rows of a file may be much longer than generated ones. */
const MOST_BYTES = 9_000_000;
/** Rows between two looks at the outside world: making them is nothing but work for the processor. */
const BREATH = 500;
const SAMPLES = 50;

/** What is read of a row here; the rest is for the hub to judge. */
export interface AnyRow {
  contentHash: string;
}

/** The body of one request, and what its replies are compared with. */
export interface PreparedBatch {
  /** Null where a row has none. */
  keys: (string | null)[];
  hashes: string[];
  /** gzip of the JSON. */
  body: Uint8Array<ArrayBuffer>;
}

/** All rows of one entity, cut into requests, so that they can be sent twice exactly alike. */
export interface PreparedRows {
  entity: Entity;
  rows: number;
  batches: PreparedBatch[];
  jsonBytes: number;
  bodyBytes: number;
  /** Keys that come more than once. */
  repeated: Set<string>;
  /** The first rows. */
  samples: object[];
}

/** Reads rows to their end and makes the requests that push them. */
export async function prepareRows(entity: Entity, rows: Rows<AnyRow>, onRow: (rows: number) => void): Promise<PreparedRows> {
  const prepared: PreparedRows = { entity, rows: 0, batches: [], jsonBytes: 0, bodyBytes: 0, repeated: new Set(), samples: [] };
  const seen = new Set<string>();
  let open = emptyBatch();
  const close = async () => {
    if (open.texts.length === 0) return;
    const { texts, bytes, keys, hashes } = open;
    open = emptyBatch();
    const body = new Uint8Array(await compress(`{"${entity}":[${texts.join(',')}]}`, { level: constants.Z_BEST_SPEED }));
    prepared.batches.push({ keys, hashes, body });
    prepared.jsonBytes += bytes;
    prepared.bodyBytes += body.length;
  };
  for await (const row of rows) {
    const text = JSON.stringify(row);
    const bytes = Buffer.byteLength(text) + 1;
    if (open.texts.length === MOST_ROWS.batch || open.bytes + bytes > MOST_BYTES) await close();
    const key = keyOf(entity, row);
    open.texts.push(text);
    open.bytes += bytes;
    open.keys.push(key);
    open.hashes.push(row.contentHash);
    if (key !== null && seen.has(key)) prepared.repeated.add(key);
    else if (key !== null) seen.add(key);
    if (prepared.samples.length < SAMPLES) prepared.samples.push(row);
    prepared.rows += 1;
    if (prepared.rows % BREATH === 0) {
      onRow(prepared.rows);
      await breathe();
    }
  }
  await close();
  return prepared;
}

function emptyBatch() {
  return { texts: [] as string[], bytes: 0, keys: [] as (string | null)[], hashes: [] as string[] };
}
