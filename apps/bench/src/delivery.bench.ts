import { Pool } from 'pg';
import type { BenchStack } from './bench-stack';
import { startDeliveryBench } from './delivery-bench-hub';
import { BenchClient, inParallel } from './http-client';
import { fill } from './outbox-growth.bench';
import { liveStraight } from './order-straight';
import { median, percentile, print, printPromise, whole } from './report';

const WIDTH = 20;
const VENDORS = 25;

/** Orders through the whole path, beside the bare SQL of one order's life at the same concurrency; rounds alternate. */
export async function benchDelivery(stack: BenchStack, { rows = 1_500, rounds = 4 } = {}): Promise<boolean> {
  const database = await stack.database();
  const bench = await startDeliveryBench(database, stack.redisUrl, { vendorCount: VENDORS });
  const pool = new Pool({ connectionString: database, max: WIDTH });
  // When the run breaks off, the servers go before this does; the reason is told by whoever saw it first.
  pool.on('error', () => undefined);
  const clients = Array.from({ length: WIDTH }, () => new BenchClient(bench.hub.baseUrl, bench.headers));
  const rates: { straight: number[]; hub: number[]; placed: number[] } = { straight: [], hub: [], placed: [] };
  for (let round = 0; round <= rounds; round++) {
    const numbers = Array.from({ length: rows }, (_, i) => i);
    const vendorOf = (i: number) => bench.vendors[i % VENDORS] as string;
    const straight = await inParallel(numbers, WIDTH, (i) =>
      liveStraight(pool, {
        vendorId: vendorOf(i),
        orderNumber: `S-${round}-${i}`,
        payload: bench.order(vendorOf(i), `S-${round}-${i}`).toString(),
        lines: [1, 2, 3].map((n) => ({ sku: `A-${n}`, quantity: String(n), unitPrice: '2.50', net: '2.50', vat: '0.14' })),
      }),
    );
    const start = performance.now();
    const placing = await inParallel(numbers, WIDTH, async (i, worker) => {
      await (clients[worker] as BenchClient).post('/api/orders', bench.order(vendorOf(i), `H-${round}-${i}`), 201);
    });
    await bench.rest(pool);
    const seconds = (performance.now() - start) / 1000;
    // The first round warms up both sides.
    if (round === 0) continue;
    rates.straight.push(rows / straight);
    rates.placed.push(rows / placing);
    rates.hub.push(rows / seconds);
  }
  const { rows: counts } = await pool.query<{ confirmed: string }>(
    `select count(*) as confirmed from orders where order_number like 'H-%' and erp_status = 'confirmed' and erp_reference = 'E-' || order_number`,
  );
  clients.forEach((client) => client.close());
  await pool.end();
  await bench.stop();
  if (Number(counts[0]?.confirmed) !== rows * (rounds + 1)) throw new Error(`only ${counts[0]?.confirmed} orders were confirmed`);

  print(`delivery: ${whole(rows)} orders of 3 lines, ${VENDORS} vendors, ${WIDTH} clients, median of ${rounds} rounds (min–max)`);
  for (const [name, values] of Object.entries({
    'bare SQL': rates.straight,
    'placed over HTTP': rates.placed,
    'placed to confirmed': rates.hub,
  })) {
    print(
      `  ${name.padEnd(20)} ${whole(median(values)).padStart(7)} orders/s  (${whole(Math.min(...values))}–${whole(Math.max(...values))})`,
    );
  }
  return [
    printPromise('whole path against bare SQL', median(rates.hub) / median(rates.straight), '>=', 0.3),
    await benchIdleLatency(stack),
    await benchGrowth(stack),
  ].every(Boolean);
}

/** The rate of the whole path with an empty table of jobs, and beside a million finished ones. */
async function benchGrowth(stack: BenchStack, orders = 1_000, finished = 1_000_000): Promise<boolean> {
  const database = await stack.database();
  const bench = await startDeliveryBench(database, stack.redisUrl, { vendorCount: VENDORS });
  const pool = new Pool({ connectionString: database, max: 2 });
  pool.on('error', () => undefined);
  const clients = Array.from({ length: WIDTH }, () => new BenchClient(bench.hub.baseUrl, bench.headers));
  const rate = async (name: string) => {
    const rates: number[] = [];
    for (let round = 0; round < 4; round++) {
      const numbers = Array.from({ length: orders }, (_, i) => i);
      const start = performance.now();
      await inParallel(numbers, WIDTH, async (i, worker) => {
        const order = bench.order(bench.vendors[i % VENDORS] as string, `${name}-${round}-${i}`);
        await (clients[worker] as BenchClient).post('/api/orders', order, 201);
      });
      await bench.rest(pool);
      if (round > 0) rates.push((orders / (performance.now() - start)) * 1000);
    }
    return median(rates);
  };
  const empty = await rate('empty');
  await fill(pool, finished, 'completed', bench.vendors);
  await pool.query('checkpoint');
  const full = await rate('full');
  clients.forEach((client) => client.close());
  await pool.end();
  await bench.stop();
  print(`  an empty table of jobs: ${whole(empty)} orders/s; beside ${whole(finished)} finished ones: ${whole(full)} orders/s`);
  return printPromise('rate beside a million finished jobs against none', full / empty, '>=', 0.8);
}

/** From the request that places an order to its arrival at the agent, one at a time. */
async function benchIdleLatency(stack: BenchStack, orders = 200): Promise<boolean> {
  const database = await stack.database();
  const bench = await startDeliveryBench(database, stack.redisUrl, { vendorCount: 5, tellsArrivals: true });
  const pool = new Pool({ connectionString: database, max: 1 });
  const client = new BenchClient(bench.hub.baseUrl, bench.headers);
  const times: number[] = [];
  for (let i = 0; i < orders; i++) {
    const orderNumber = `L-${i}`;
    const vendorId = bench.vendors[i % bench.vendors.length] as string;
    await client.post('/api/orders', bench.order(vendorId, orderNumber), 201);
    const placed = performance.timeOrigin + performance.now();
    await bench.rest(pool);
    const arrived = bench.arrivals.get(orderNumber);
    if (arrived !== undefined && i >= 20) times.push(Math.max(0, arrived - placed));
  }
  client.close();
  await pool.end();
  await bench.stop();
  print(
    `  idle: from placed to the agent's socket p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  );
  return printPromise("placed to the agent's socket, p50, idle", percentile(times, 0.5), '<', 50, 'ms');
}
