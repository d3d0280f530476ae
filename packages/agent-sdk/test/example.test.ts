import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { heartbeat } from '@repo/contracts/operations/agent-operations';
import { pushItems } from '@repo/contracts/operations/ingest-operations';
import { pollCalls, replyToCall } from '@repo/contracts/operations/poll-operations';
import { startAgent } from '../examples/agent';
import { callOf, createOf, CURRENT } from './support/calls';
import { eventually } from './support/eventually';
import { ok } from './support/fake-hub';
import { TOKEN, useHub } from './support/use-hub';

const use = useHub();
const ROOT = path.resolve(__dirname, '..');

it('the README shows the example as it is', async () => {
  const [readme, example] = await Promise.all(['README.md', 'examples/agent.ts'].map((name) => readFile(path.join(ROOT, name), 'utf8')));
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
});

it('the example sends its items, takes an order, and lets itself be compared', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'example-'));
  const calls = [callOf('/sync/create-order', createOf(1)), callOf('/sync/digest', { entity: 'items', depth: 0, prefixes: [''] })].map(
    (call, n) => ({ ...call, callId: `019b0000-0000-7000-8000-00000000000${n}`, deadlineAt: call.headers['x-deadline'] }),
  );
  use.hub.on(heartbeat, () => ok({ status: 'online', serverTime: new Date().toISOString(), drift: {} }));
  use.hub.on(pushItems, () => ok({ processed: 1, skipped: 0, failed: 0, results: [] }));
  use.hub.on(pollCalls, () => (calls.length > 0 ? ok({ calls: calls.splice(0) }) : 'hang'));
  use.hub.on(replyToCall, () => ({ status: 204 }));
  const stop = await startAgent({
    hubUrl: use.hub.url,
    credentials: { vendorId: 'vendor-1', token: TOKEN },
    secrets: CURRENT,
    ledgerFile: path.join(folder, 'orders.jsonl'),
    erp: {
      createOrder: ({ orderNumber }) => Promise.resolve({ status: 'completed', erpReference: `ERP-${orderNumber}` }),
      cancelOrder: () => Promise.resolve({ status: 'completed', erpReference: null }),
      findOrder: () => Promise.resolve(undefined),
    },
    items: [{ sku: 'A-1', contentHash: '75e0d458fc2da40b5b8b8b614d0192e9' }],
  });
  const replies = await eventually('both replies', () => use.hub.of(replyToCall).length === 2 && use.hub.of(replyToCall));
  await stop();
  await rm(folder, { recursive: true });
  const bodies = replies.map(({ body }) => (body as { body: unknown }).body);
  expect(bodies).toContainEqual({ status: 'completed', erpReference: 'ERP-SO-1' });
  expect(bodies).toContainEqual({ nodes: { '': '1.567ec630a3593dc0' } });
  expect(use.hub.of(heartbeat)[0]?.body).toMatchObject({ digests: { items: { count: 1, digest: '567ec630a3593dc0' } } });
  expect(use.hub.of(pushItems)).toHaveLength(1);
});
