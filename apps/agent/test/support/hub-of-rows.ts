import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { digestRow, formatDigest } from '@repo/contracts/digest';
import type { IngestReply } from '@repo/contracts/verdicts';

const TIME = '2026-01-31T08:30:00.000Z';

interface StoredRow {
  sku: string;
  name?: string;
  contentHash: string;
}

type Client = Pick<HubClient, 'awayMs' | 'ingestTexts' | 'beginSnapshot' | 'commitSnapshot' | 'abandonSnapshot'>;

/** The items of one vendor as the hub keeps them, with snapshots as the contract has them. Rows without a name are refused. */
export class HubOfRows {
  /** Names by SKU. */
  readonly live = new Map<string, string>();
  /** Since the snapshot began. */
  private touched = new Set<string>();
  private open: { id: string; seen: Map<string, string> } | undefined;
  private snapshots = 0;
  /** What was asked, in order. */
  readonly asked: string[] = [];
  sentRows = 0;
  hasSnapshots = true;
  mostDeleted = 1;
  /** Called before each request, which fails when it throws. */
  before: (request: string) => void = () => undefined;

  readonly client: Client = {
    awayMs: () => 0,
    ingestTexts: async (_entity, texts, { snapshotId } = {}) => {
      this.ask('ingest');
      if (snapshotId !== undefined && snapshotId !== this.open?.id) throw refused(409, 'conflict');
      const rows = texts.map((text) => JSON.parse(text) as StoredRow);
      this.sentRows += rows.length;
      const results: IngestReply['results'] = [];
      rows.forEach(({ sku, name, contentHash }, index) => {
        if (snapshotId !== undefined) this.open?.seen.set(sku, contentHash);
        if (name === undefined) results.push({ index, key: sku, status: 'failed', reason: 'invalid', detail: 'name: is required' });
        else {
          this.live.set(sku, name);
          this.touched.add(sku);
        }
      });
      const failed = results.length;
      return Promise.resolve({ processed: rows.length - failed, skipped: 0, failed, results });
    },
    beginSnapshot: async (entity) => {
      this.ask('begin');
      if (!this.hasSnapshots) throw refused(404, 'not_found');
      const id = `snapshot-${++this.snapshots}`;
      this.open = { id, seen: new Map() };
      this.touched = new Set();
      return Promise.resolve({ snapshotId: id, entity, startedAt: TIME, expiresAt: TIME });
    },
    commitSnapshot: async (id, { count, digest }) => {
      this.ask('commit');
      if (this.open?.id !== id) throw refused(409, 'conflict');
      const { seen } = this.open;
      if (count !== seen.size) throw refused(409, 'count_mismatch');
      const sum = [...seen].reduce((so, [key, hash]) => so + digestRow(key, hash).r, 0n);
      if (digest !== formatDigest(sum)) throw refused(409, 'digest_mismatch');
      const gone = [...this.live.keys()].filter((key) => !seen.has(key) && !this.touched.has(key));
      if (gone.length > this.mostDeleted * this.live.size) throw refused(409, 'too_many_deletes');
      gone.forEach((key) => this.live.delete(key));
      this.open = undefined;
      return Promise.resolve({ tombstoned: gone.length, present: seen.size });
    },
    abandonSnapshot: async (id) => {
      this.ask('abandon');
      if (this.open?.id === id) this.open = undefined;
      return Promise.resolve();
    },
  };

  get hasOpenSnapshot(): boolean {
    return this.open !== undefined;
  }

  private ask(request: string): void {
    this.asked.push(request);
    this.before(request);
  }
}

const refused = (status: number, code: string) =>
  new HubError({ kind: 'refused', status, code, detail: `said of ${code}`, errors: [] }, { operation: 'x', correlationId: 'c' });
/** The line is cut, and stays so for longer than anybody tries again. */
export const lineCut = () => new HubError({ kind: 'bad_reply', status: 502, problem: 'cut' }, { operation: 'x', correlationId: 'c' });
