import type { Pool } from 'pg';
import { listChanges, type ChangesQuery } from '../../src/modules/catalogue/list-changes';

type Query = Partial<Omit<ChangesQuery, 'cursor' | 'vendorId'>>;

/** A storefront that keeps a copy of a vendor's items by nothing but the list of changes. */
export class ChangeReader {
  /** The content hash of each live item, as far as this reader knows. */
  readonly copy = new Map<string, string>();
  cursor: string | undefined;

  constructor(
    private readonly pool: Pick<Pool, 'connect'>,
    private readonly vendorId = 'v1',
  ) {}

  /** Reads one page. Returns the SKUs on it, in order; deleted ones with a minus sign. */
  async readPage(query: Query = {}): Promise<{ skus: string[]; hasMore: boolean }> {
    const page = await listChanges(
      this.pool,
      'items',
      { vendorId: this.vendorId, cursor: this.cursor, deleted: true, limit: 1_000, updatedSince: undefined, ...query },
      { now: Date.now(), retentionDays: 90 },
    );
    this.cursor = page.meta.nextCursor;
    for (const { sku, contentHash, deletedAt } of page.data) {
      if (deletedAt === null) this.copy.set(sku, contentHash);
      else this.copy.delete(sku);
    }
    return { skus: page.data.map(({ sku, deletedAt }) => (deletedAt === null ? sku : `-${sku}`)), hasMore: page.meta.hasMore };
  }

  /** Reads until there is no more. Returns the SKUs of all pages. */
  async readToEnd(query: Query = {}): Promise<string[]> {
    const all: string[] = [];
    for (;;) {
      const { skus, hasMore } = await this.readPage(query);
      all.push(...skus);
      if (!hasMore) return all;
    }
  }
}
