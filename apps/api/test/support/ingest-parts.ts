import type { Database } from '@repo/shared/database/connect';
import type { HubSettings } from '../../src/config/settings';
import { Ingest } from '../../src/modules/sync/ingest/ingest';
import { ReplayParked } from '../../src/modules/sync/ingest/replay-parked';
import { ApplyMappings } from '../../src/modules/sync/mappings/apply-mappings';
import { MappingCache } from '../../src/modules/sync/mappings/mapping-cache';
import { RememberRows } from '../../src/modules/sync/snapshots/remember-rows';
import { LocalEventBus } from '../../src/platform/events/local-events';
import { Lifecycle } from '../../src/platform/lifecycle/lifecycle';
import { HubMetrics } from '../../src/platform/metrics/hub-metrics';
import type { Invalidations } from '../../src/platform/redis/invalidations';

/** Every message between instances is lost. */
const LOST: Invalidations = { publish: async () => undefined, subscribe: () => undefined };

/** What writes rows of a database, as one instance of the hub has it, without its server. */
export function ingestParts(database: Database) {
  const events = new LocalEventBus();
  const lifecycle = new Lifecycle();
  const mappings = new MappingCache(database, LOST);
  const settings = { DB_POOL_SIZE: 8 } as HubSettings;
  const ingest = new Ingest(database, mappings, new RememberRows(database), events, new HubMetrics(), settings);
  return {
    ingest,
    parked: new ReplayParked(database, ingest, events, lifecycle),
    applying: new ApplyMappings(database, events, lifecycle),
  };
}
