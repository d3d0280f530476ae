import { eventually, registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

const rotate = (agent: TestAgent) => hub.agent(agent, 'POST', '/api/agents/token/rotate');
const statusOf = async (agent: TestAgent) => (await hub.agent(agent, 'GET', '/api/agents/me')).status;
const secretVersion = async (vendorId: string): Promise<number> =>
  (await hub.pool.query<{ version: number }>('select secret_version as version from agent_registry where vendor_id = $1', [vendorId]))
    .rows[0]?.version ?? 0;

/** So many at once: none can change the row before all of them are about to. */
async function atOnce<T>(vendorId: string, count: number, act: () => Promise<T>): Promise<T[]> {
  const holder = await hub.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from agent_registry where vendor_id = $1 for update', [vendorId]);
    const acts = Array.from({ length: count }, act);
    await eventually(async () => {
      // By another connection: within a transaction the answer would stay what it was.
      const { rows } = await hub.pool.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.waiting === count;
    });
    await holder.query('rollback');
    return await Promise.all(acts);
  } finally {
    // Were it left open, all that the acts wait for would be, too.
    holder.release(true);
  }
}

it('makes new secrets, and lets the token that was presented work ten minutes more', async () => {
  const agent = await registerAgent(hub, 'rotating');
  const reply = await rotate(agent);
  expect(reply).toMatchObject({
    status: 200,
    body: {
      token: expect.stringMatching(/^agt_[\w-]{43}$/),
      outboundToken: expect.stringMatching(/^out_/),
      signingSecret: expect.stringMatching(/^whsec_/),
    },
  });
  expect(Date.parse(reply.body.previousValidUntil) - Date.now()).toBeGreaterThan(9 * 60_000);
  expect(Date.parse(reply.body.previousValidUntil) - Date.now()).toBeLessThanOrEqual(10 * 60_000);
  expect(await statusOf({ ...agent, token: reply.body.token })).toBe(200);
  expect(await statusOf(agent)).toBe(200);
  expect(await secretVersion('rotating')).toBe(2);
});

it('ends the overlap when its time is over', async () => {
  const agent = await registerAgent(hub, 'overlapping');
  const { body } = await rotate(agent);
  await hub.pool.query('update agent_registry set previous_token_until = now() where vendor_id = $1', [agent.vendorId]);
  expect(await statusOf(agent)).toBe(401);
  expect(await statusOf({ ...agent, token: body.token })).toBe(200);
});

it('lets the token before the last one die with the next rotation', async () => {
  const first = await registerAgent(hub, 'twice');
  const second = { ...first, token: (await rotate(first)).body.token as string };
  const third = { ...first, token: (await rotate(second)).body.token as string };
  expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
});

it('lets an agent that lost the reply rotate again with the token that it has', async () => {
  const agent = await registerAgent(hub, 'forgetful');
  const lost = { ...agent, token: (await rotate(agent)).body.token as string };
  const again = await rotate(agent);
  expect(again.status).toBe(200);
  expect([await statusOf(lost), await statusOf(agent), await statusOf({ ...agent, token: again.body.token })]).toEqual([401, 200, 200]);
});

it.each([2, 8])('lets exactly one of %i rotations at the same time win', async (count) => {
  const agent = await registerAgent(hub, `racing-${count}`);
  await statusOf(agent);
  const replies = await atOnce(agent.vendorId, count, () => rotate(agent));
  const winners = replies.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect(replies.filter(({ status, body }) => status === 409 && body.code === 'conflict')).toHaveLength(count - 1);
  expect(await secretVersion(agent.vendorId)).toBe(2);
  expect(await statusOf({ ...agent, token: winners[0]?.body.token })).toBe(200);
});

it('takes no body', async () => {
  const agent = await registerAgent(hub, 'talkative');
  expect((await hub.agent(agent, 'POST', '/api/agents/token/rotate', { token: 'mine' })).status).toBe(400);
  expect((await hub.agent(agent, 'POST', '/api/agents/token/rotate', {})).status).toBe(200);
});
