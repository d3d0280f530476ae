import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRedis, type RedisServer } from '@repo/dev-stack/redis';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { expectProblem } from '../security/security-fixture';
import { compare, connectVendor, FAST_DELIVERY, placeOrder, settled, untilErpStatus } from '../support/erp';
import { eventually, registerAgent, startHub, type Hub } from '../support/hub';
import { poll, reply } from '../support/polling-agent';

let hub: Hub;
let erp: StandInErp;
let redis: RedisServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(process.env['TEST_RESULTS_DIR'] ?? tmpdir(), 'pull-redis-'));
  // One of its own: the others go on with theirs.
  [redis, erp] = await Promise.all([startRedis({ dir: folder, endWithOwner: true }), startStandInErp()]);
  hub = await startHub({ env: { ...FAST_DELIVERY, REDIS_URL: redis.url } });
  await erp.setHubs([hub.baseUrl]);
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('Redis goes away in the middle and comes back empty: polls wait for it, and nothing is lost or doubled', async () => {
  await connectVendor(hub, erp, 'v-1', {
    transport: 'pull',
    plan: [{ match: { share: 0.5, seed: 1 }, fault: { kind: 'slow', ms: 300, created: true } }],
  });
  const agent = await registerAgent(hub, 'by-hand');
  const polled = poll(hub, agent, { waitSeconds: 30 });
  const orders = await Promise.all(Array.from({ length: 20 }, (_, n) => placeOrder(hub, 'v-1', `N-${n}`)));
  // Some are done, some are on their way.
  await eventually(async () => (await erp.ledger()).length > 3);
  const began = performance.now();
  await redis.stop();
  expectProblem(await polled, 503, 'unavailable');
  // At once, and not at the end of its wait.
  expect(performance.now() - began).toBeLessThan(15_000);
  expectProblem(await poll(hub, agent), 503, 'unavailable');
  expectProblem(await reply(hub, agent, '00000000-0000-4000-8000-000000000000', { status: 200 }), 503, 'unavailable');
  const placed = await placeOrder(hub, 'v-1', 'N-meanwhile');
  await redis.restart();
  await eventually(async () => (await poll(hub, agent, { waitSeconds: 0 })).status === 200);
  for (const { id } of [...orders, placed]) await untilErpStatus(hub, id, 'confirmed', 30_000);
  await settled(hub.pool);
  expect(await compare(hub.pool, erp)).toEqual([]);
  expect(await erp.ledger()).toHaveLength(21);
});
