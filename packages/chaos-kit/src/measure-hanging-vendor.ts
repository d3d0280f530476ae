import { setTimeout as sleep } from 'node:timers/promises';
import { Installation } from './installation/installation';
import { clientOf, connectVendors, SKUS, type ChaosVendor } from './load/connect-vendors';
import { drawLoad } from './load/draw-load';
import { runLoad } from './load/run-load';

export interface HangingVendorOptions {
  healthyVendors?: number;
  ordersEach?: number;
  /** Measurements of each kind, taken in turn; the middle ones count. */
  rounds?: number;
  /** `AGENT_TIMEOUT_MS` of the hub: how long the hanging vendor keeps a place at each call. */
  agentTimeoutMs?: number;
  /** How the agents are reached, all of them: by calls when not said. */
  transport?: 'push' | 'pull';
}

/** From the first order placed to the last one of the healthy vendors confirmed, in milliseconds. */
export interface HangingVendorFigures {
  aloneMs: number;
  besideHangingMs: number;
  /** How many times as long it takes beside a vendor that hangs. */
  ratio: number;
  /** Calls to the vendor that hung, to show that it was tried all the time. */
  hangingCalls: number;
}

const LIMIT_MS = 300_000;

/**
 * Measures what one vendor whose agent hangs at every call costs the healthy ones beside it, in one run on one hub of one
 * process: the same load with and without orders for it.
 */
export async function measureHangingVendor(options: HangingVendorOptions = {}): Promise<HangingVendorFigures> {
  const { healthyVendors = 9, ordersEach = 100, rounds = 3, agentTimeoutMs = 5_000, transport = 'push' } = options;
  const env = { AGENT_TIMEOUT_MS: String(agentTimeoutMs), BREAKER_WINDOW_MS: String(agentTimeoutMs * 6) };
  const installation = await Installation.start({ fleet: { all: 1 }, erps: 2, env });
  try {
    const [well = '', other = ''] = installation.erps.map(({ name }) => name);
    const healthy = Array.from({ length: healthyVendors }, (_, i) => vendor(`well-${i + 1}`, well, transport, []));
    const hanging = vendor('hanging', other, transport, [{ fault: { kind: 'hang' } }]);
    await connectVendors(installation, [...healthy, hanging]);
    const ids = healthy.map(({ vendorId }) => vendorId);
    // The first orders after a start are slower, whoever is beside them.
    await measure(installation, ids, 'warm', ordersEach);
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      alone.push(await measure(installation, ids, `alone-${round}`, ordersEach));
      await place(installation, [hanging.vendorId], `hanging-${round}`, ordersEach);
      beside.push(await measure(installation, ids, `beside-${round}`, ordersEach));
      await giveUp(installation, hanging.vendorId);
    }
    const hangingCalls = (await installation.erp(other).erp.calls(hanging.vendorId)).length;
    const [aloneMs, besideHangingMs] = [median(alone), median(beside)];
    return { aloneMs, besideHangingMs, ratio: besideHangingMs / aloneMs, hangingCalls };
  } finally {
    await installation.stop();
  }
}

function vendor(vendorId: string, erp: string, transport: ChaosVendor['transport'], plan: ChaosVendor['plan']): ChaosVendor {
  return { vendorId, erp, transport, plan };
}

/** Places orders of each vendor all at once; gives their numbers. */
async function place(installation: Installation, vendorIds: readonly string[], name: string, ordersEach: number): Promise<string[]> {
  const planned = vendorIds.flatMap((vendorId) =>
    drawLoad(`${name}-${vendorId}`, { orders: ordersEach, vendorIds: [vendorId], skus: SKUS, withinMs: 0 }).map((order) => ({
      ...order,
      cancelAfterMs: null,
    })),
  );
  const { refusals } = await runLoad(clientOf(installation), planned);
  if (refusals.length > 0) throw new Error(`orders were not taken: ${refusals[0]?.text}`);
  return planned.map(({ orderNumber }) => orderNumber);
}

/** Milliseconds from placing orders of these vendors until all of them are confirmed. */
async function measure(installation: Installation, vendorIds: readonly string[], name: string, ordersEach: number): Promise<number> {
  const start = performance.now();
  const numbers = await place(installation, vendorIds, name, ordersEach);
  const end = start + LIMIT_MS;
  for (;;) {
    const { rows } = await installation.pool.query<{ confirmed: number }>(
      `select count(*)::int as confirmed from orders where vendor_id = any($1) and order_number = any($2) and erp_status = 'confirmed'`,
      [vendorIds, numbers],
    );
    if (rows[0]?.confirmed === numbers.length) return performance.now() - start;
    if (performance.now() > end)
      throw new Error(`only ${rows[0]?.confirmed} of ${numbers.length} orders are confirmed after ${LIMIT_MS} ms`);
    await sleep(10);
  }
}

/** Takes the orders of a vendor out of the way, so that the next measurement without it is one. */
async function giveUp({ pool }: Installation, vendorId: string): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    await pool.query(
      `update sync_jobs set status = 'cancelled', completed_at = now(), held_reason = null where vendor_id = $1 and status in ('pending', 'queued')`,
      [vendorId],
    );
    const { rows } = await pool.query<{ open: number }>(
      `select count(*)::int as open from sync_jobs where vendor_id = $1 and status in ('pending', 'queued', 'processing')`,
      [vendorId],
    );
    if (rows[0]?.open === 0) return;
    if (performance.now() > limit) throw new Error('calls to the hanging vendor do not end');
    await sleep(50);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
