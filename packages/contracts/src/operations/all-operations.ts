import * as adminAgents from './admin-agent-operations';
import * as agents from './agent-operations';
import * as breakers from './breaker-operations';
import * as delivery from './delivery-operations';
import * as health from './health-operations';
import * as ingest from './ingest-operations';
import * as mappings from './mapping-operations';
import * as metrics from './metrics-operations';
import type { Operation } from './operation';
import * as orders from './order-operations';
import * as parked from './parked-operations';
import * as polling from './poll-operations';
import * as reads from './read-operations';
import * as reconciliation from './reconciliation-operations';
import * as retention from './retention-operations';
import * as snapshots from './snapshot-operations';

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'id' in value && 'access' in value;

/** Every operation of the API, in the order of the document. */
export const ALL_OPERATIONS: readonly Operation[] = [
  agents,
  polling,
  ingest,
  snapshots,
  reads,
  orders,
  delivery,
  metrics,
  breakers,
  reconciliation,
  mappings,
  parked,
  adminAgents,
  retention,
  health,
]
  .flatMap((module) => Object.values(module) as unknown[])
  .filter(isOperation);
