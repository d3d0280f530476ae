import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryLedger } from '@erp-sync-hub/agent-sdk/orders/memory-ledger';
import type { OrderLedger } from '@erp-sync-hub/agent-sdk/orders/order-ledger';
import * as fc from 'fast-check';
import { openAgentDatabase, type AgentDatabase } from '../state/agent-database';
import { SqliteLedger } from './sqlite-ledger';

let folder: string;
let database: AgentDatabase;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-ledger-'));
  database = openAgentDatabase(path.join(folder, 'agent.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const job = (jobId: string, attempt: number, acceptedAt: number) =>
  ({ jobId, orderId: `o-${jobId}`, orderNumber: `n-${jobId}`, operation: 'create_order', attempt, acceptedAt }) as const;
const ids = fc.constantFrom('a', 'b', 'c');
type Change = (ledger: OrderLedger, at: number) => Promise<void>;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(ids, fc.integer({ min: 1, max: 3 })).map(
    ([id, attempt]): Change =>
      (ledger, at) =>
        ledger.accept(job(id, attempt, at)),
  ),
  ids.map(
    (id): Change =>
      (ledger) =>
        ledger.submitted(id),
  ),
  fc.tuple(ids, fc.integer({ min: 1, max: 3 }), fc.boolean()).map(
    ([id, attempt, callbackOwed]): Change =>
      (ledger) =>
        ledger.complete(id, { erpReference: 'R', metadata: { a: 1 } }, { attempt, callbackOwed }),
  ),
  fc.tuple(ids, fc.integer({ min: 1, max: 3 }), fc.boolean()).map(
    ([id, attempt, callbackOwed]): Change =>
      (ledger) =>
        ledger.fail(id, { error: 'e', retryable: true }, { attempt, callbackOwed }),
  ),
  ids.map(
    (id): Change =>
      (ledger) =>
        ledger.forget(id),
  ),
  fc.tuple(ids, fc.integer({ min: 1, max: 3 })).map(
    ([id, attempt]): Change =>
      (ledger) =>
        ledger.callbackTaken(id, attempt),
  ),
);

it('is, over a restart at any moment, what a ledger in memory is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { maxLength: 12 }), fc.nat(12), async (steps, restartAt) => {
      database.exec('delete from order_jobs');
      const model = new MemoryLedger();
      let ledger = new SqliteLedger(database);
      for (const [at, step] of steps.entries()) {
        if (at === restartAt) {
          database.close();
          database = openAgentDatabase(path.join(folder, 'agent.db'));
          ledger = new SqliteLedger(database);
        }
        await step(model, at);
        await step(ledger, at);
      }
      const byId = (entries: { jobId: string }[]) => entries.sort((a, b) => a.jobId.localeCompare(b.jobId));
      for (const id of ['a', 'b', 'c']) expect(await ledger.get(id)).toEqual(await model.get(id));
      expect(byId(await ledger.unfinished())).toEqual(byId(await model.unfinished()));
      expect(byId(await ledger.owed())).toEqual(byId(await model.owed()));
    }),
    { numRuns: 60 },
  );
});

it('keeps jobs that are open or owed, whatever their age', async () => {
  const ledger = new SqliteLedger(database);
  for (const id of ['open', 'owed', 'done']) await ledger.accept(job(id, 1, 5));
  const end = { erpReference: null, metadata: null };
  await ledger.complete('owed', end, { attempt: 1, callbackOwed: true });
  await ledger.complete('done', end, { attempt: 1, callbackOwed: false });
  expect(ledger.dropEnded(new Date(10))).toBe(1);
  expect(ledger.counts()).toEqual({ accepted: 1, completed: 1, failed: 0 });
});
