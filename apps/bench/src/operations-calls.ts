/** A call that ops or their tools make, with a vendor in place of `:v`. */
export interface OperationsCall {
  name: string;
  path: string;
  body?: unknown;
}

const jobs = (query: string): OperationsCall => ({ name: `jobs ${query}`, path: `/api/admin/sync-jobs?${query}` });
const list = (name: string, path: string, queries: readonly string[]): OperationsCall[] =>
  queries.map((query) => ({ name: `${name} ${query}`, path: `${path}?${query}` }));

const JOB_STATES = ['pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled'];
const OF_ONE_AND_ALL = ['', 'vendorId=:v'];
const and = (left: string, right: string) => [left, right].filter((part) => part !== '').join('&');

/** Every list, with each of its filters for one vendor and for all; what ops look at; the last page that is counted. */
export const CALLS: readonly OperationsCall[] = [
  { name: 'health', path: '/health' },
  { name: 'health/ready', path: '/health/ready' },
  { name: 'metrics of a vendor, 24 hours', path: '/api/admin/metrics/:v' },
  { name: 'metrics of a vendor, 30 days', path: '/api/admin/metrics/:v?window=30d' },
  { name: 'metrics of comparisons', path: '/api/admin/metrics/reconciliation/:v' },
  ...OF_ONE_AND_ALL.flatMap((vendor) => [
    jobs(vendor),
    ...JOB_STATES.map((status) => jobs(and(vendor, `status=${status}`))),
    ...['create_order', 'cancel_order'].map((operation) => jobs(and(vendor, `operation=${operation}`))),
    jobs(and(vendor, 'status=failed&operation=cancel_order')),
    jobs(and(vendor, 'page=100&limit=100')),
    ...list('dead letters', '/api/admin/dlq', [
      vendor,
      and(vendor, 'resolved=false'),
      and(vendor, 'resolved=true'),
      and(vendor, 'operation=cancel_order'),
    ]),
    ...list('orders', '/api/orders', [
      vendor,
      ...['pending', 'syncing', 'confirmed', 'failed', 'cancelling', 'cancelled'].map((status) => and(vendor, `erpStatus=${status}`)),
    ]),
    ...list('mappings', '/api/admin/mappings', [vendor, and(vendor, 'type=vat'), and(vendor, 'active=false')]),
    ...list('unmapped codes', '/api/admin/mappings/unmapped', [vendor]),
    ...list('parked rows', '/api/admin/parked', [vendor, and(vendor, 'entity=stock'), and(vendor, 'reason=unmapped_unit')]),
    ...list('audit log', '/api/admin/audit', [vendor, and(vendor, 'action=retention.run')]),
    ...list('events', '/api/admin/reconciliation/events', [
      vendor,
      and(vendor, 'eventType=drift_detected'),
      and(vendor, 'eventType=unresolved'),
      and(vendor, 'entity=stock'),
    ]),
    ...list('snapshots', '/api/admin/snapshots', [vendor, and(vendor, 'status=held'), and(vendor, 'status=expired')]),
  ]),
  ...list('agents', '/api/admin/agents', ['', 'status=offline']),
  { name: 'an agent', path: '/api/admin/agents/:v' },
  { name: 'breakers', path: '/api/admin/circuit-breaker/status' },
];
