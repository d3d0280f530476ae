import type { ServerResponse } from 'node:http';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk';
import { overEach, TRANSPORTS } from '../support/erp';
import { startHub, type Hub } from '../support/hub';
import { connectInStep, liveHashes, type ReconcilingAgent } from '../support/reconciling-agent';
import { at, item } from '../support/rows';

let hub: Hub;
const agents: ReconcilingAgent[] = [];
beforeAll(async () => {
  hub = await startHub({ env: { AGENT_TIMEOUT_MS: '2000', BREAKER_WINDOW_MS: '4000000', BREAKER_VOLUME: '1000' } });
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await hub.stop();
});

let vendors = 0;
async function inStep(count: number, transport?: (typeof TRANSPORTS)[number]): Promise<ReconcilingAgent> {
  const agent = await connectInStep(hub, `broken-${++vendors}`, count, transport);
  agents.push(agent);
  return agent;
}

it('ends with an event, and harms nothing, when an agent lies or breaks', async () => {
  const agent = await inStep(200);
  agent.store.delete('items', 'A-0');
  agent.store.put('items', item('A-1', { name: 'changed' }));
  const before = await liveHashes(hub, agent);
  const digest = (d: string) => ({ nodes: { '': `200.${d}` } });
  const lies: [string, ReconcilingAgent['lies'], object][] = [
    ['nodes that were not asked for', { digest: () => Promise.resolve({ nodes: { ab: '1.00f1c2d3e4f50617' } }) }, { reason: /bad_reply/ }],
    ['keys outside of the prefixes', { keys: () => Promise.resolve({ rows: { far: '00f1c2d3e4f50617' } }) }, { reason: /bad_reply/ }],
    [
      'endless keys',
      {
        keys: () => Promise.resolve({ rows: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`e-${n}`, '00f1c2d3e4f50617'])) }),
      },
      { reason: /bad_reply/ },
    ],
    ['rows that were not asked for', { rows: () => Promise.resolve({ rows: [item('stranger')], missing: [] }) }, { reason: /bad_reply/ }],
    ['nothing', { rows: () => Promise.resolve({ rows: [], missing: [] }) }, {}],
    ['an error in the middle', { keys: () => Promise.reject(new Error('gone')) }, { reason: /server_error/ }],
  ];
  for (const [what, lie, { reason }] of lies as [string, ReconcilingAgent['lies'], { reason?: RegExp }][]) {
    Object.assign(agent.lies, { digest: undefined, keys: undefined, rows: undefined }, lie);
    const event = await agent.compare();
    expect([what, event.eventType]).toEqual([what, reason?.source === 'server_error' ? 'agent_unreachable' : 'unresolved']);
    if (reason !== undefined) expect(event.summary['reason']).toMatch(reason);
    expect(await liveHashes(hub, agent)).toEqual(before);
  }
  // A root that never matches what lies below it.
  let calls = 0;
  Object.assign(agent.lies, { digest: undefined, keys: undefined, rows: undefined });
  agent.lies.digest = () => Promise.resolve(digest((++calls).toString(16).padStart(16, '0')));
  expect(await agent.compare()).toMatchObject({ eventType: 'unresolved' });
});

it(
  'ends with an event when an agent disappears in the middle, and the next comparison heals',
  overEach(async (transport) => {
    const agent = await inStep(100, transport);
    agent.store.put('items', item('lost'));
    agent.store.delete('items', 'A-0');
    const before = await liveHashes(hub, agent);
    // It is asked for keys, and is never heard of again.
    agent.lies.keys = async () => {
      await agent.stop();
      return new Promise(() => undefined);
    };
    const reason = transport === 'pull' ? 'timeout' : 'connect_failed';
    expect(await agent.compare()).toMatchObject({ eventType: 'agent_unreachable', summary: { reason, rows: {} } });
    expect(await liveHashes(hub, agent)).toEqual(before);
  }),
  60_000,
);

it('does not listen to an agent without end', async () => {
  const agent = await inStep(100);
  agent.store.put('items', item('lost'));
  const before = await liveHashes(hub, agent);
  const keysOnly =
    (answer: (response: ServerResponse) => void): ReconcilingAgent['lies']['raw'] =>
    (request, response) => {
      if (request.url !== '/sync/keys') return false;
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      answer(response);
      return true;
    };
  const text = 'x'.repeat(100_000);
  agent.lies.raw = keysOnly((response) => {
    const pour = () => {
      while (!response.destroyed && response.write(text));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  expect(await agent.compare()).toMatchObject({
    eventType: 'unresolved',
    summary: { reason: expect.stringContaining('over 10 MB') as string },
  });
  agent.lies.raw = keysOnly((response) => {
    const timer = setInterval(() => response.write('x'), 50);
    response.once('close', () => clearInterval(timer));
  });
  expect(await agent.compare()).toMatchObject({ eventType: 'agent_unreachable', summary: { reason: 'timeout' } });
  expect(await liveHashes(hub, agent)).toEqual(before);
  agent.lies.raw = undefined;
  expect(await agent.compare()).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { written: 1 } } });
}, 60_000);

it('deletes no row that comes back while its agent is asked whether it is gone, pushed or not', async () => {
  const agent = await inStep(20);
  await hub.pool.query(`create table deleted_rows (sku text);
    create function note_deleted() returns trigger language plpgsql as $$ begin insert into deleted_rows values (new.sku); return new; end $$;
    create trigger note_deleted after update of deleted_at on items for each row
      when (old.deleted_at is null and new.deleted_at is not null) execute function note_deleted()`);
  for (const sku of ['A-0', 'A-1', 'A-2']) agent.store.delete('items', sku);
  const honest = answerReconciliation(agent.store);
  agent.lies.rows = async (call, context) => {
    agent.lies.rows = undefined;
    agent.store.put('items', item('A-1'));
    const answer = await honest.rows(call, context);
    expect([...answer.missing].sort()).toEqual(['A-0', 'A-2']);
    // Unchanged, and after the agent has looked.
    agent.store.put('items', item('A-0'));
    await agent.push('items', [item('A-0')]);
    return answer;
  };
  expect(await agent.compare()).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { onlyInHub: 3, deleted: 1 } } });
  expect((await hub.pool.query('select sku from deleted_rows')).rows).toEqual([{ sku: 'A-2' }]);
  expect((await liveHashes(hub, agent)).size).toBe(19);
});

it('heals what two agents of a vendor made of it who pushed at once, one of them with old rows and a clock that is ahead', async () => {
  const agent = await inStep(200);
  const version = (n: number, name: string, lastSyncedAt: string) => item(`A-${n}`, { name, lastSyncedAt });
  const all = Array.from({ length: 200 }, (_, n) => n);
  const fresh = all.map((n) => version(n, 'fresh', at(n + 1)));
  for (const row of fresh) agent.store.put('items', row);
  const inBatches = async (rows: readonly Record<string, unknown>[]) => {
    for (let from = 0; from < rows.length; from += 20) await agent.push('items', rows.slice(from, from + 20));
  };
  await Promise.all([inBatches(fresh), inBatches(all.filter((n) => n % 3 === 0).map((n) => version(n, 'old', at(10_000))))]);
  expect(await agent.compare()).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { changed: 67, written: 67 } } });
  expect(await liveHashes(hub, agent)).toEqual(new Map(fresh.map((row) => [row['sku'], row['contentHash']])));
  expect(await agent.inSync()).toBe(true);
});
