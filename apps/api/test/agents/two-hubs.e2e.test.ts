import { eventually, registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';

let first: Hub;
let second: Hub;
beforeAll(async () => {
  first = await startHub();
  second = await startHub({ beside: first });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const statusAt = async (hub: Hub, agent: TestAgent) => (await hub.agent(agent, 'GET', '/api/agents/me')).status;

/** A registered agent whose token both instances have in memory. */
async function knownToBoth(vendorId: string): Promise<TestAgent> {
  const agent = await registerAgent(first, vendorId);
  expect([await statusAt(first, agent), await statusAt(second, agent)]).toEqual([200, 200]);
  return agent;
}

/** Far less than the minute after which an instance would look by itself. */
async function bothSoonAnswer(agent: TestAgent, status: number): Promise<void> {
  expect(await statusAt(first, agent)).toBe(status);
  await eventually(async () => (await statusAt(second, agent)) === status, 2_000);
}

it('disables and enables an agent on every instance at once', async () => {
  const agent = await knownToBoth('disabled');
  await first.admin('PUT', '/api/admin/agents/disabled', { enabled: false });
  await bothSoonAnswer(agent, 403);
  await first.admin('PUT', '/api/admin/agents/disabled', { enabled: true });
  await bothSoonAnswer(agent, 200);
});

it('deregisters an agent on every instance at once', async () => {
  const agent = await knownToBoth('deregistered');
  await first.admin('DELETE', '/api/admin/agents/deregistered');
  await bothSoonAnswer(agent, 401);
});

it('ends the token of an id that is enrolled anew on every instance at once', async () => {
  const agent = await knownToBoth('enrolled');
  const { code } = (await first.admin('POST', '/api/admin/agents/enrolled/enrolment')).body as { code: string };
  await first.request('POST', '/api/agents/register', { vendorId: 'enrolled', erpType: 'Test' }, { authorization: `Bearer ${code}` });
  await bothSoonAnswer(agent, 401);
});

it('lets the token before the last one die on every instance at once', async () => {
  const agent = await knownToBoth('rotated');
  const next = (await first.agent(agent, 'POST', '/api/agents/token/rotate')).body as { token: string };
  await first.agent({ ...agent, token: next.token }, 'POST', '/api/agents/token/rotate');
  await bothSoonAnswer(agent, 401);
});

it('lets exactly one of two rotations on two instances at the same time win', async () => {
  const agent = await knownToBoth('racing');
  const replies = await Promise.all([first, second].map((hub) => hub.agent(agent, 'POST', '/api/agents/token/rotate')));
  expect(replies.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
});

it('lets exactly one of two registrations on two instances at the same time win', async () => {
  const replies = await Promise.all(
    [first, second].map((hub) =>
      hub.request('POST', '/api/agents/register', { vendorId: 'wanted', erpType: 'Test' }, { authorization: `Bearer ${hub.agentSecret}` }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual(expect.arrayContaining([201, 403]));
});
