import { inspect } from 'node:util';
import { checkLedger, type DeadLetterFact, type JobFact, type OrderFact } from '@repo/stand-in-erp/check-ledger';
import type { VendorOptions } from '@repo/stand-in-erp/control';
import type { StandInErp } from '@repo/stand-in-erp/start';
import type { Pool } from 'pg';
import { eventually, type Hub, type TestAgent } from './hub';
import { item, UNIT, VAT } from './rows';

/** Settings under which minutes of delivery pass in seconds. */
export const FAST_DELIVERY: Record<string, string> = {
  AGENT_TIMEOUT_MS: '1000',
  BREAKER_WINDOW_MS: '6000',
  BREAKER_RESET_MS: '1000',
  SYNC_RETRY_BASE_MS: '100',
  SYNC_RETRY_MAX_MS: '500',
  SYNC_CALLBACK_TIMEOUT_MS: '1500',
  RELAY_INTERVAL_MS: '400',
  BULLMQ_CONCURRENCY: '20',
};

/** What is in the catalogue of every vendor here. */
export const SKUS = ['A-1', 'A-2', 'A-3'] as const;

/** How calls reach an agent; most of what holds of one way holds of the other. */
export const TRANSPORTS = ['push', 'pull'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Runs one test for an agent that is called and for one that polls, at once; says of a failure which of them it was. */
export function overEach(test: (transport: Transport) => Promise<void>): () => Promise<void> {
  return async () => {
    const ends = await Promise.allSettled(TRANSPORTS.map(test));
    for (const [i, end] of ends.entries()) {
      if (end.status === 'fulfilled') continue;
      const error = end.reason as Error;
      error.message = `over ${TRANSPORTS[i]}: ${error.message}`;
      throw error;
    }
  };
}

/** Registers a vendor whose agent is the stand-in's, with its secrets, mappings and a small catalogue. */
export async function connectVendor(
  hub: Hub,
  erp: StandInErp,
  vendorId: string,
  options: Partial<VendorOptions> & { idempotentOrders?: boolean } = {},
): Promise<TestAgent> {
  const { idempotentOrders = false, ...vendor } = options;
  const whereabouts = vendor.transport === 'pull' ? {} : { agentUrl: erp.agentUrl(vendorId) };
  const reply = await hub.request(
    'POST',
    '/api/agents/register',
    { vendorId, erpType: 'Stand-in', ...whereabouts, idempotentOrders },
    { authorization: `Bearer ${hub.agentSecret}` },
  );
  if (reply.status !== 201) throw new Error(`registration of ${vendorId} gave ${reply.status}: ${JSON.stringify(reply.body)}`);
  const { token, outboundToken, signingSecret } = reply.body as { token: string; outboundToken: string; signingSecret: string };
  await erp.addVendor({ vendorId, token, outboundToken, signingSecret, ...vendor });
  const agent = { vendorId, token };
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings: [UNIT, VAT] });
  const pushed = await hub.agent(agent, 'POST', '/api/sync/items', { items: SKUS.map((sku) => item(sku)) });
  if (pushed.status !== 200) throw new Error(`the catalogue of ${vendorId} gave ${pushed.status}`);
  return agent;
}

export interface PlacedOrder {
  id: string;
  orderNumber: string;
  jobId: string;
}

/** Places an order of a vendor; the number doubles as idempotency key, so that this can be repeated when a hub dies. */
export async function placeOrder(hub: Hub, vendorId: string, orderNumber: string): Promise<PlacedOrder> {
  const body = {
    vendorId,
    orderNumber,
    erpCustomerCode: 'C1',
    lines: SKUS.map((sku, i) => ({ sku, quantity: i + 1, unitPrice: '2.50' })),
  };
  const headers = { 'x-api-key': hub.apiSecret, 'idempotency-key': orderNumber };
  const reply = await hub.request('POST', '/api/orders', body, headers);
  if (reply.status !== 201 && reply.status !== 200) throw new Error(`placing gave ${reply.status}: ${JSON.stringify(reply.body)}`);
  const order = reply.body as { id: string; erp: { jobId: string } };
  return { id: order.id, orderNumber, jobId: order.erp.jobId };
}

/** What the hub's database says, in the terms of the checker. */
export async function readFacts(pool: Pool): Promise<{ orders: OrderFact[]; jobs: JobFact[]; openDeadLetters: DeadLetterFact[] }> {
  const { rows: orders } = await pool.query<OrderFact>(
    `select id, order_number as "orderNumber", vendor_id as "vendorId", erp_status as "erpStatus", erp_reference as "erpReference" from orders`,
  );
  const { rows: jobs } = await pool.query<JobFact>('select id, order_id as "orderId", operation, sequence, status from sync_jobs');
  const { rows: openDeadLetters } = await pool.query<DeadLetterFact>(
    'select original_job_id as "jobId", failure_code as "failureCode" from dead_letter_queue where not resolved',
  );
  return { orders, jobs, openDeadLetters };
}

/** Waits until no job is under way any more (what waits behind a dead letter is not). */
export async function settled(pool: Pool, limitMs = 60_000): Promise<void> {
  await eventually(async () => {
    const { rows } = await pool.query<{ open: number }>(
      `select count(*)::int as open from sync_jobs job
       where status in ('pending', 'queued', 'processing', 'awaiting_callback') and not exists (
         select from sync_jobs earlier join dead_letter_queue letter on letter.original_job_id = earlier.id and not letter.resolved
         where earlier.order_id = job.order_id and earlier.sequence < job.sequence)`,
    );
    return rows[0]?.open === 0;
  }, limitMs);
}

/** What is wrong between the hubs' database and the ERPs once nothing is under way; nothing, if all is well. */
export async function compare(pool: Pool, ...erps: StandInErp[]): Promise<string[]> {
  const ledgers = await Promise.all(erps.map((erp) => erp.ledger()));
  const stray = await Promise.all(erps.map((erp) => erp.strayCancels()));
  return checkLedger({ ...(await readFacts(pool)), ledger: ledgers.flat(), strayCancels: stray.flat() });
}

/** One order as the API shows it. */
export async function readOrder(
  hub: Hub,
  id: string,
): Promise<{ erp: { status: string; erpReference: string | null; error: string | null } }> {
  return (await hub.admin('GET', `/api/orders/${id}`)).body as never;
}

/** Waits until an order has this status with the ERP; one that never gets it is shown with its jobs. */
export async function untilErpStatus(hub: Hub, id: string, status: string, limitMs = 20_000): Promise<void> {
  try {
    await eventually(async () => (await readOrder(hub, id)).erp.status === status, limitMs);
  } catch (error) {
    const { rows } = await hub.pool.query('select * from sync_jobs where order_id = $1 order by sequence', [id]);
    throw new Error(`the order is not ${status}: ${inspect([await readOrder(hub, id), ...rows])}`, { cause: error });
  }
}

/** One job with its tries, as the API shows it. */
export async function readJob(hub: Hub, jobId: string) {
  return (await hub.admin('GET', `/api/admin/sync-jobs/${jobId}`)).body as {
    status: string;
    attemptNo: number;
    attemptsSpent: number;
    attemptsAllowed: number;
    mustAsk: boolean;
    heldReason: string | null;
    errorCode: string | null;
    erpReference: string | null;
    attempts: { attempt: number; outcome: string | null; httpStatus: number | null; error: string | null }[];
  };
}

/** The open dead letters of a job. */
export async function deadLettersOf(hub: Hub, jobId: string) {
  const { body } = await hub.admin('GET', '/api/admin/dlq?limit=100');
  return (
    body as { data: { id: string; originalJobId: string; failureCode: string; resolved: boolean; resolution: string | null }[] }
  ).data.filter(({ originalJobId }) => originalJobId === jobId);
}
