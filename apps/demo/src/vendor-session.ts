import { heartbeat, registerAgent } from '@repo/contracts/operations/agent-operations';
import * as ingest from '@repo/contracts/operations/ingest-operations';
import { MappingEntry, MOST_SEEDED, seedMappings } from '@repo/contracts/operations/mapping-operations';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Verdict } from '@repo/contracts/verdicts';
import { DemoFailure, expectThat } from './failures';
import type { HubClient } from './hub/hub-client';
import type { HubSecrets } from './hub/hub-settings';
import { Ledger } from './push/ledger';
import type { AnyRow, PreparedBatch } from './push/prepare-rows';

const BATCH = { items: ingest.pushItemsBatch, stock: ingest.pushStockBatch, warehouses: ingest.pushWarehousesBatch };
const INCREMENTAL = { items: ingest.pushItems, stock: ingest.pushStock, warehouses: ingest.pushWarehouses };

/** The credentials of an agent: its own token, and those by which it knows the hub's calls. */
export interface AgentSecrets {
  token: string;
  outboundToken: string;
  signingSecret: string;
}

/** How many mappings became what, and how many could not be sent because they break the contract. */
export interface Seeded {
  created: number;
  updated: number;
  unchanged: number;
  leftOut: number;
}

/** What a vendor's agent does: it pushes rows under its own credential and keeps a ledger of what the hub holds. */
export class VendorSession {
  readonly ledger = new Ledger();
  private readonly headers: Record<string, string>;

  private constructor(
    readonly vendorId: string,
    private readonly hub: HubClient,
    /** What the registration gave, once and for all. */
    readonly secrets: AgentSecrets,
  ) {
    this.headers = { authorization: `Bearer ${secrets.token}`, 'x-vendor-id': vendorId };
  }

  /** Registers a new vendor with the secret of registration. */
  static async register(hub: HubClient, secrets: HubSecrets, vendorId: string): Promise<VendorSession> {
    const { token, outboundToken, signingSecret } = await hub.call(registerAgent, {
      headers: { authorization: `Bearer ${secrets.agentSecret}` },
      body: { vendorId, erpType: 'demo', version: '1.0.0' },
    });
    if (token === undefined || outboundToken === undefined || signingSecret === undefined) {
      throw new DemoFailure(`The registration of ${vendorId} did not give all of its secrets`);
    }
    return new VendorSession(vendorId, hub, { token, outboundToken, signingSecret });
  }

  /** From now on the hub calls the agent there, instead of being polled. */
  async takeCallsAt(agentUrl: string): Promise<void> {
    const { mode } = await this.hub.call(registerAgent, { headers: this.headers, body: { vendorId: this.vendorId, agentUrl } });
    expectThat(mode === 'push', `an agent of ${this.vendorId} that names its URL is called there`, mode);
  }

  /** Pushes a whole batch; the verdicts are checked to be one a row, in the order of the rows. */
  async pushPrepared(entity: Entity, batch: PreparedBatch): Promise<Verdict[]> {
    const reply = await this.hub.call(BATCH[entity], { headers: this.headers, gzipped: batch.body });
    this.record(entity, batch, reply.results);
    return reply.results;
  }

  /** Pushes a few rows. */
  async push(entity: Entity, rows: readonly AnyRow[]): Promise<Verdict[]> {
    const reply = await this.hub.call(INCREMENTAL[entity], { headers: this.headers, body: { [entity]: rows } });
    this.record(entity, { keys: rows.map((row) => keyOf(entity, row)), hashes: rows.map((row) => row.contentHash) }, reply.results);
    return reply.results;
  }

  /** Says that the agent is alive and what it holds; the hub says whether it holds the same. */
  async heartbeat() {
    const digests = this.ledger.roots();
    const reply = await this.hub.call(heartbeat, { headers: this.headers, body: { agentTime: new Date().toISOString(), digests } });
    return { digests, drift: reply.drift };
  }

  private record(entity: Entity, { keys, hashes }: Pick<PreparedBatch, 'keys' | 'hashes'>, verdicts: readonly Verdict[]): void {
    const inOrder = verdicts.length === keys.length && verdicts.every(({ index, key }, row) => index === row && key === keys[row]);
    expectThat(inOrder, `one verdict a row, in the order of the request (${keys.length} ${entity})`, verdicts.slice(0, 3));
    for (const [row, verdict] of verdicts.entries()) this.ledger.record(entity, hashes[row] ?? '', verdict);
  }
}

/** Seeds a vendor's mappings as an operator would, as many requests as it takes. */
export async function seedVendor(hub: HubClient, apiKey: string, vendorId: string, entries: readonly unknown[]): Promise<Seeded> {
  // One bad entry would make the request fail as a whole; in files of others a category may well be longer than a code can be.
  const good = entries.filter((entry) => MappingEntry.safeParse(entry).success);
  const seeded: Seeded = { created: 0, updated: 0, unchanged: 0, leftOut: entries.length - good.length };
  for (let from = 0; from < good.length; from += MOST_SEEDED) {
    const body = { vendorId, mappings: good.slice(from, from + MOST_SEEDED) };
    const reply = await hub.call(seedMappings, { headers: { 'x-api-key': apiKey }, body });
    seeded.created += reply.created;
    seeded.updated += reply.updated;
    seeded.unchanged += reply.unchanged;
  }
  return seeded;
}
