import { addAgent, cancel, claim, GATES, ONLINE_S, placeOrder, readJob } from '../../../test/support/delivery-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { noteAuthorized, noteUnauthorized, PROBE_EVERY_MS, takeProbeTurns } from './agent-trust';
import { applyHolds, readVendorStates, type VendorGates } from './hold-jobs';

const test = useTestDatabase();
beforeEach(async () => {
  await test.pool.query('truncate orders, order_items, sync_jobs, sync_job_attempts, dead_letter_queue, agent_registry cascade');
  await addAgent(test.pool, 'v1');
  await addAgent(test.pool, 'fine');
});

const states = (gates: Partial<VendorGates> = {}) => readVendorStates(test.pool, { ...GATES, ...gates });
const sweep = async (gates: Partial<VendorGates> = {}) => applyHolds(test.pool, await states(gates));
const change = (assignments: string) => test.pool.query(`update agent_registry set ${assignments} where vendor_id = 'v1'`);

describe('jobs of a vendor', () => {
  it.each([
    ['agent_disabled', 'enabled = false', 'enabled = true'],
    ['agent_offline', 'last_heartbeat = null', 'last_heartbeat = now()'],
    ['agent_offline', `last_heartbeat = now() - interval '${ONLINE_S} seconds'`, 'last_heartbeat = now()'],
    ['agent_unauthorized', 'unauthorized_since = now()', 'unauthorized_since = null'],
    ['agent_not_polling', `mode = 'pull', agent_url = null`, `mode = 'push', agent_url = 'http://x'`],
  ])('are held as %s while %s, and released afterwards', async (reason, hold, release) => {
    const job = await placeOrder(test.pool, 'v1');
    const other = await placeOrder(test.pool, 'fine');
    await change(hold);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect((await readJob(test.pool, job)).held_reason).toBe(reason);
    expect((await readJob(test.pool, other)).held_reason).toBeNull();
    await change(release);
    expect(await sweep()).toBe(1);
    expect((await readJob(test.pool, job)).held_reason).toBeNull();
  });

  it.each<[string, string, Partial<VendorGates>, Partial<VendorGates>]>([
    ['agent_not_polling', 'pull', { polling: ['fine', 'else'] }, { polling: ['v1', 'fine'] }],
    ['agent_not_polling', 'pull', { polling: [] }, { polling: null }],
    ['breaker_open', 'push', { breakerOpen: ['else', 'v1'] }, { breakerOpen: ['else'] }],
    ['breaker_open', 'pull', { polling: ['v1'], breakerOpen: ['v1'] }, { polling: ['v1'] }],
    ['breaker_open', 'pull', { polling: null, breakerOpen: ['v1'] }, { polling: null }],
  ])('are held as %s of a %s agent by what is known beside its registration', async (reason, mode, hold, release) => {
    const [job, other] = [await placeOrder(test.pool, 'v1'), await placeOrder(test.pool, 'fine')];
    if (mode === 'pull') await change(`mode = 'pull', agent_url = null`);
    expect(await sweep(hold)).toBe(1);
    expect(await sweep(hold)).toBe(0);
    expect((await readJob(test.pool, job)).held_reason).toBe(reason);
    expect((await readJob(test.pool, other)).held_reason).toBeNull();
    expect(await sweep(release)).toBe(1);
    expect((await readJob(test.pool, job)).held_reason).toBeNull();
  });

  it('are held until the vendor registers', async () => {
    const job = await placeOrder(test.pool, 'new');
    await sweep();
    expect((await readJob(test.pool, job)).held_reason).toBe('agent_unregistered');
    await addAgent(test.pool, 'new');
    await sweep();
    expect((await readJob(test.pool, job)).held_reason).toBeNull();
  });

  it('tell the reason that counts most when there are several, and another one when that goes', async () => {
    const job = await placeOrder(test.pool, 'v1');
    const reasons: (string | null)[] = [];
    const note = async (gates: Partial<VendorGates>) => {
      await sweep(gates);
      reasons.push((await readJob(test.pool, job)).held_reason);
    };
    const gates = { polling: [], breakerOpen: ['v1'] };
    await change(`enabled = false, last_heartbeat = null, unauthorized_since = now(), mode = 'pull', agent_url = null`);
    for (const assignments of ['enabled = false', 'enabled = true', 'last_heartbeat = now()', 'unauthorized_since = null']) {
      await change(assignments);
      await note(gates);
    }
    await note({ ...gates, polling: ['v1'] });
    await note({ polling: ['v1'] });
    expect(reasons).toEqual(['agent_disabled', 'agent_offline', 'agent_unauthorized', 'agent_not_polling', 'breaker_open', null]);
  });

  it('that wait for an earlier one go on doing so, whatever comes and goes with the agent', async () => {
    const job = await placeOrder(test.pool, 'v1');
    await claim(test.pool, job);
    await cancel(test.database, job.orderId);
    await change('enabled = false');
    expect(await sweep()).toBe(0);
    await change('enabled = true');
    expect(await sweep()).toBe(0);
    const { rows } = await test.pool.query('select held_reason from sync_jobs order by sequence');
    expect(rows).toEqual([{ held_reason: null }, { held_reason: 'earlier_job' }]);
  });

  it('that somebody else is changing are left to the next sweep', async () => {
    const [busy, free] = [await placeOrder(test.pool, 'v1'), await placeOrder(test.pool, 'v1')];
    await change('enabled = false');
    await test.client.query('begin');
    await test.client.query('select from sync_jobs where id = $1 for update', [busy.jobId]);
    expect(await sweep()).toBe(1);
    await test.client.query('rollback');
    expect([(await readJob(test.pool, busy)).held_reason, (await readJob(test.pool, free)).held_reason]).toEqual([null, 'agent_disabled']);
    expect(await sweep()).toBe(1);
  });
});

it('reads only vendors that have pending jobs, each once', async () => {
  expect(await states()).toEqual([]);
  await placeOrder(test.pool, 'v1');
  await placeOrder(test.pool, 'v1');
  await claim(test.pool, await placeOrder(test.pool, 'fine'));
  await change('deregistered_at = now(), unauthorized_since = now(), next_probe_at = now()');
  await placeOrder(test.pool, 'v1');
  await sweep();
  await placeOrder(test.pool, 'v1');
  expect(await states()).toEqual([{ vendorId: 'v1', hold: 'agent_unauthorized', deregistered: true, probeDue: true }]);
});

describe('an agent that refuses the hub', () => {
  const registeredAt = async () =>
    (await test.pool.query<{ at: string }>(`select updated_at::text as at from agent_registry where vendor_id = 'v1'`)).rows[0]?.at ?? '';
  const sinceWhen = async () =>
    (await test.pool.query<{ since: Date | null }>(`select unauthorized_since as since from agent_registry where vendor_id = 'v1'`)).rows[0]
      ?.since;

  it('is noted, and stays noted from its first refusal on', async () => {
    expect(await noteUnauthorized(test.pool, 'v1', await registeredAt())).toBe(true);
    const first = await sinceWhen();
    expect(first).toBeInstanceOf(Date);
    await noteUnauthorized(test.pool, 'v1', await registeredAt());
    expect(await sinceWhen()).toEqual(first);
    await noteAuthorized(test.pool, 'v1');
    expect(await sinceWhen()).toBeNull();
  });

  it('is not noted by what a call finds that was made with an earlier registration', async () => {
    const before = await registeredAt();
    await change('updated_at = clock_timestamp()');
    expect(await noteUnauthorized(test.pool, 'v1', before)).toBe(false);
    expect(await sinceWhen()).toBeNull();
  });

  it('has one turn to probe every fifteen minutes, however many ask', async () => {
    await noteUnauthorized(test.pool, 'v1', await registeredAt());
    expect(await takeProbeTurns(test.pool, ['v1', 'fine'])).toEqual([]);
    await change('next_probe_at = now()');
    const turns = await Promise.all(Array.from({ length: 5 }, () => takeProbeTurns(test.pool, ['v1', 'fine'])));
    expect(turns.flat()).toEqual(['v1']);
    const { rows } = await test.pool.query<{ ms: number }>(
      `select extract(epoch from next_probe_at - now())::float * 1000 as ms from agent_registry where vendor_id = 'v1'`,
    );
    expect(rows[0]?.ms).toBeGreaterThan(PROBE_EVERY_MS - 60_000);
    expect(PROBE_EVERY_MS).toBe(15 * 60_000);
  });
});
