import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { loadMappings, type LoadedMappings } from '@repo/shared/database/mappings/load-mappings';
import { codeName } from '@repo/shared/database/mappings/mapping-codes';
import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient } from 'pg';
import { DATABASE } from '../../../platform/database/database.module';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import type { MappingCode, ResolvedMapping, ResolvedMappings } from './resolved-mappings';

const REMEMBERED_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

/** A mapping, and the version of the vendor's mappings at which it was seen. */
interface Remembered {
  version: string;
  mapping: ResolvedMapping;
}

/**
 * Remembers mappings, so that a batch of known codes asks the database nothing. What was seen at another version than the
 * caller's is never used, so that a lost invalidation costs a query and nothing else. Codes without a mapping are not remembered.
 */
@Injectable()
export class MappingCache {
  private readonly entries = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) invalidations: Invalidations,
  ) {
    invalidations.subscribe('mappings', (vendorId) => this.forget(vendorId));
  }

  /**
   * What the codes mean. `version` is the vendor's version as the caller has just read it; if it has moved on meanwhile,
   * all codes are resolved at the newer one, so that a result never mixes two. A caller within a transaction gives its own
   * client: it must not wait for a second connection while others wait for its locks.
   */
  async resolve(
    vendorId: string,
    version: string | null,
    codes: Iterable<MappingCode>,
    executor: Pool | PoolClient = this.database.pool,
  ): Promise<ResolvedMappings> {
    const wanted = new Map<string, MappingCode>();
    for (const code of codes) wanted.set(codeName(code), code);
    const { known, unknown } = this.recall(vendorId, version, wanted);
    if (unknown.length === 0) return resolved(version, known);
    let loaded = await this.load(executor, vendorId, unknown);
    if (loaded.version !== version && known.size > 0) {
      known.clear();
      loaded = await this.load(executor, vendorId, [...wanted.values()]);
    }
    for (const mapping of loaded.found) known.set(codeName(mapping), mapping);
    return resolved(loaded.version, known);
  }

  /** Drops what is remembered of a vendor, or of all. */
  private forget(vendorId: string | undefined): void {
    if (vendorId === undefined) return this.entries.clear();
    const prefix = entryKey(vendorId, '');
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key);
  }

  private recall(vendorId: string, version: string | null, wanted: ReadonlyMap<string, MappingCode>) {
    const known = new Map<string, ResolvedMapping>();
    const unknown: MappingCode[] = [];
    for (const [name, code] of wanted) {
      const entry = this.entries.get(entryKey(vendorId, name));
      if (entry !== undefined && entry.version === version) known.set(name, entry.mapping);
      else unknown.push(code);
    }
    return { known, unknown };
  }

  private async load(executor: Pool | PoolClient, vendorId: string, codes: readonly MappingCode[]): Promise<LoadedMappings> {
    const loaded = await loadMappings(executor, vendorId, codes);
    if (loaded.version !== null) {
      for (const mapping of loaded.found) {
        this.entries.set(entryKey(vendorId, codeName(mapping)), { version: loaded.version, mapping });
      }
    }
    return loaded;
  }
}

/** Vendor ids hold no space, so that no key of one vendor begins like those of another. */
function entryKey(vendorId: string, name: string): string {
  return `${vendorId} ${name}`;
}

function resolved(version: string | null, known: ReadonlyMap<string, ResolvedMapping>): ResolvedMappings {
  return { version, get: (type, code) => known.get(codeName({ type, code })) };
}
