import { digestRow, formatDigest } from '@repo/contracts/digest';
import { computeRoot, readRoots } from '@repo/shared/database/ingest/digest-root';
import { registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';
import { at, item, mappedVendor, warehouse } from '../support/rows';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

let vendors = 0;
const ten = Array.from({ length: 10 }, (_, i) => `W${i}`);
const rows = (keys: readonly string[], more: Record<string, unknown> = {}) => keys.map((key) => warehouse(key, more));

const push = (agent: TestAgent, sent: readonly unknown[], snapshotId?: string) =>
  hub.agent(agent, 'POST', '/api/sync/warehouses', { warehouses: sent }, snapshotId === undefined ? {} : { 'x-snapshot-id': snapshotId });
const begin = async (agent: TestAgent, entity = 'warehouses'): Promise<string> => {
  const reply = await hub.agent(agent, 'POST', '/api/sync/snapshots', { entity });
  expect(reply).toMatchObject({ status: 201, body: { entity } });
  expect(Date.parse(reply.body.expiresAt) - Date.parse(reply.body.startedAt)).toBe(24 * 3_600_000);
  return reply.body.snapshotId as string;
};
const commit = (agent: TestAgent, id: string, count: number, digest?: string) =>
  hub.agent(agent, 'POST', `/api/sync/snapshots/${id}/commit`, { count, ...(digest === undefined ? {} : { digest }) });

/** A vendor with ten warehouses, W0 to W9. */
async function vendorOfTen(): Promise<TestAgent> {
  const agent = await registerAgent(hub, `snapshots-${++vendors}`);
  expect((await push(agent, rows(ten))).body).toMatchObject({ processed: 10 });
  return agent;
}
async function live({ vendorId }: TestAgent): Promise<string[]> {
  const found = await hub.pool.query<{ key: string }>(
    'select erp_warehouse_id as key from warehouses where vendor_id = $1 and deleted_at is null order by 1',
    [vendorId],
  );
  expect((await readRoots(hub.pool, vendorId)).warehouses).toEqual(await computeRoot(hub.pool, vendorId, 'warehouses'));
  return found.rows.map(({ key }) => key);
}
const problem = (status: number, code: string) => ({ status, body: { status, code } });

it('deletes what was not sent, shows it to readers as deleted, and restores what comes back', async () => {
  const agent = await vendorOfTen();
  const id = await begin(agent);
  expect((await hub.agent(agent, 'GET', '/api/agents/me')).body.openSnapshots).toMatchObject([{ snapshotId: id, entity: 'warehouses' }]);
  expect((await push(agent, rows(ten.slice(0, 5)), id)).body).toMatchObject({
    skipped: 5,
    results: [{ reason: 'unchanged' }, {}, {}, {}, {}],
  });
  expect((await push(agent, rows(ten.slice(4, 8)), id)).status).toBe(200);
  expect(await commit(agent, id, 8)).toMatchObject({ status: 200, body: { tombstoned: 2, present: 8 } });
  expect(await live(agent)).toEqual(ten.slice(0, 8));
  const read = await hub.admin('GET', `/api/warehouses?vendorId=${agent.vendorId}&deleted=true&limit=100`);
  expect(read.body.data.filter((row: { deletedAt: string | null }) => row.deletedAt !== null)).toMatchObject([
    { erpWarehouseId: 'W8' },
    { erpWarehouseId: 'W9' },
  ]);
  // The reply was lost: the same again, and nothing more.
  expect(await commit(agent, id, 99)).toMatchObject({ status: 200, body: { tombstoned: 2, present: 8 } });
  expect(await push(agent, rows(['W0']), id)).toMatchObject(problem(409, 'conflict'));
  expect((await push(agent, rows(['W9']))).body.results).toMatchObject([{ change: 'restored' }]);
  expect(await live(agent)).toEqual([...ten.slice(0, 8), 'W9']);
});

it('remembers every row with a readable key, whatever its verdict, and sums up by the last hash sent', async () => {
  const agent = await mappedVendor(hub);
  const id = await begin(agent, 'items');
  const unsafe = '{"sku":"PROTO","contentHash":"h","__proto__":{"a":1}}';
  const sent = [
    item('GOOD', { contentHash: 'a' }),
    item('GOOD', { contentHash: 'b', lastSyncedAt: at(-9) }),
    item('FUTURE', { contentHash: 'a', lastSyncedAt: new Date(Date.now() + 3_600_000).toISOString() }),
    item('UNMAPPED', { contentHash: 'a', erpUnitCode: 'NONE' }),
    item('INVALID', { contentHash: 'a', unitPrice: 'much' }),
    item('NUL\0', { contentHash: 'a' }),
    item('HALF\uD800', { contentHash: 'a' }),
    item('HALF\uDC00', { contentHash: 'a' }),
    item('__proto__', { contentHash: 'a' }),
    { contentHash: 'no key' },
    null,
  ];
  const text = `{"items":[${sent.map((row) => JSON.stringify(row)).join()},${unsafe}]}`;
  const reply = await hub.agent(agent, 'POST', '/api/sync/items', text, { 'x-snapshot-id': id, 'content-type': 'application/json' });
  expect(reply.body).toMatchObject({ processed: 2, skipped: 1, failed: 9 });
  const last: [string, string][] = [
    ...['FUTURE', 'UNMAPPED', 'INVALID', 'NUL\0', 'HALF\uD800', 'HALF\uDC00', '__proto__'].map((key) => [key, 'a'] as [string, string]),
    ['GOOD', 'b'],
    ['PROTO', 'h'],
  ];
  const digest = formatDigest(last.reduce((all, [key, hash]) => all + digestRow(key, hash).r, 0n));
  expect(await commit(agent, id, 8, digest)).toMatchObject(problem(409, 'count_mismatch'));
  expect(await commit(agent, id, 9, '0123456789abcdef')).toMatchObject(problem(409, 'digest_mismatch'));
  expect(await commit(agent, id, 9, digest)).toMatchObject({ status: 200, body: { tombstoned: 0, present: 9 } });
});

it('refuses rows for a snapshot that takes none, and writes nothing of them', async () => {
  const agent = await vendorOfTen();
  const other = await registerAgent(hub, `snapshots-${++vendors}`);
  const id = await begin(agent);
  const unknown = '00000000-0000-4000-8000-000000000000';
  expect(await push(agent, rows(['X']), unknown)).toMatchObject(problem(404, 'not_found'));
  expect(await push(other, rows(['X']), id)).toMatchObject(problem(404, 'not_found'));
  expect(await push(agent, rows(['X']), 'nonsense')).toMatchObject(problem(400, 'invalid_request'));
  expect(await push(agent, rows(['X']), await begin(agent, 'items'))).toMatchObject(problem(409, 'conflict'));
  for (const call of [commit(other, id, 0), hub.agent(other, 'DELETE', `/api/sync/snapshots/${id}`), commit(agent, unknown, 0)])
    expect(await call).toMatchObject(problem(404, 'not_found'));
  expect(await hub.agent(agent, 'POST', '/api/sync/snapshots', { entity: 'orders' })).toMatchObject(problem(400, 'invalid_request'));
  expect(await hub.agent(agent, 'POST', '/api/sync/snapshots', { entity: 'items', vendorId: 'another' })).toMatchObject(
    problem(403, 'vendor_mismatch'),
  );
  expect(await hub.admin('POST', `/api/admin/snapshots/${id}/commit`, { force: true })).toMatchObject(problem(409, 'conflict'));
  const next = await begin(agent);
  expect(await push(agent, rows(['X']), id)).toMatchObject(problem(409, 'conflict'));
  expect(await commit(agent, id, 0)).toMatchObject(problem(409, 'conflict'));
  for (let time = 0; time < 2; time++) expect((await hub.agent(agent, 'DELETE', `/api/sync/snapshots/${next}`)).status).toBe(204);
  expect(await push(agent, rows(['X']), next)).toMatchObject(problem(409, 'conflict'));
  const late = await begin(agent);
  await hub.pool.query(`update snapshots set expires_at = now() where id = $1`, [late]);
  expect(await push(agent, rows(['X']), late)).toMatchObject(problem(410, 'expired'));
  expect(await commit(agent, late, 0)).toMatchObject(problem(410, 'expired'));
  expect(await live(agent)).toEqual(ten);
});

it('holds a snapshot of an empty catalogue until an admin confirms it; what was sent meanwhile stays', async () => {
  const agent = await vendorOfTen();
  const id = await begin(agent);
  for (let time = 0; time < 2; time++) expect(await commit(agent, id, 0)).toMatchObject(problem(409, 'too_many_deletes'));
  expect(await live(agent)).toEqual(ten);
  const listed = await hub.admin('GET', `/api/admin/snapshots?vendorId=${agent.vendorId}&status=held`);
  expect(listed.body).toMatchObject({
    data: [{ snapshotId: id, status: 'held', wouldDelete: 10, liveRows: 10, present: 0 }],
    meta: { total: 1 },
  });
  expect((await push(agent, rows(['W3']))).body).toMatchObject({ skipped: 1 });
  const next = await begin(agent);
  expect((await push(agent, rows(['W4']), next)).body).toMatchObject({ skipped: 1 });
  expect(await hub.admin('POST', `/api/admin/snapshots/${id}/commit`, {})).toMatchObject(problem(400, 'invalid_request'));
  for (let time = 0; time < 2; time++)
    expect(await hub.admin('POST', `/api/admin/snapshots/${id}/commit`, { force: true })).toMatchObject({
      status: 200,
      body: { tombstoned: 8, present: 0 },
    });
  expect(await live(agent)).toEqual(['W3', 'W4']);
  const audit = await hub.admin('GET', `/api/admin/audit?vendorId=${agent.vendorId}&action=snapshot.confirm`);
  expect(audit.body).toMatchObject({ meta: { total: 1 }, data: [{ target: `snapshot:${id}`, after: { deletes: 8 } }] });
  expect(await hub.agent(agent, 'DELETE', `/api/sync/snapshots/${id}`)).toMatchObject(problem(409, 'conflict'));
});

it('never deletes a row that the agent sent since it began, however pushes, commits and begins cross', async () => {
  const agent = await registerAgent(hub, `snapshots-${++vendors}`);
  // So many that what passes never comes near the cap.
  const stable = Array.from({ length: 150 }, (_, i) => `S${i}`);
  for (let round = 0; round < 12; round++) {
    const passing = Array.from({ length: 5 }, (_, i) => `R${round}-${i}`);
    await push(agent, rows([...stable, ...passing]));
    const id = await begin(agent);
    await push(agent, rows([...stable, 'R-only-sent']), id);
    // A begin that comes first leaves nothing to commit.
    const begins = round % 3 === 0 ? [begin(agent)] : [];
    const commits = [commit(agent, id, 151), commit(agent, id, 151)];
    const pushes = [
      push(agent, rows(passing.slice(0, 1))),
      push(agent, rows(passing.slice(1, 2), { lastSyncedAt: at(round + 1), name: 'new' })),
    ];
    for (const reply of await Promise.all(pushes)) expect(reply).toMatchObject({ status: 200, body: { failed: 0 } });
    const [one, two] = await Promise.all(commits);
    expect(one?.body.code ?? one?.body).toEqual(two?.body.code ?? two?.body);
    await Promise.all(begins);
    if (begins.length === 0) expect(one).toMatchObject({ status: 200 });
    const left = await live(agent);
    expect(left).toEqual(expect.arrayContaining([...stable, ...passing.slice(0, 2)]));
    if (one?.status === 200) expect(left).not.toEqual(expect.arrayContaining(passing.slice(2, 3)));
  }
});

it('goes on after a kill between a push and its commit: nothing that was sent is forgotten', async () => {
  const agent = await vendorOfTen();
  const id = await begin(agent);
  await push(agent, rows(ten.slice(0, 4)), id);
  const cut = push(agent, rows(ten.slice(4, 9)), id).catch(() => undefined);
  await hub.kill('SIGKILL');
  await cut;
  await hub.restart();
  expect((await push(agent, rows(ten.slice(4, 9)), id)).status).toBe(200);
  expect(await commit(agent, id, 9)).toMatchObject({ status: 200, body: { tombstoned: 1, present: 9 } });
  expect(await live(agent)).toEqual(ten.slice(0, 9));
});
