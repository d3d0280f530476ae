import { eventually, startHub, type Hub } from '../support/hub';

let leader: Hub;
let standBy: Hub;
beforeAll(async () => {
  leader = await startHub({ env: { SCHEDULE_EVENTS: '* * * * * *' } });
  await eventually(async () => leader.logs().includes('this process leads'));
  standBy = await startHub({ beside: leader, env: { SCHEDULE_EVENTS: '* * * * * *' } });
});
afterAll(async () => {
  await standBy.stop();
  await leader.stop();
});

interface Run {
  instance: string;
  outcome: string | null;
}
const runs = async () =>
  (await leader.pool.query<Run>(`select instance, outcome from schedule_runs where schedule = 'events' order by tick_at`)).rows;
const ended = async () => (await runs()).filter(({ outcome }) => outcome === 'succeeded');

it('does scheduled work on one instance, and on another one when that is killed', async () => {
  await leader.pool.query(
    `insert into audit_log (id, at, actor, action, target) values (uuidv7(interval '-400 days'), now() - interval '400 days', 'a', 'old', 't')`,
  );
  await eventually(async () => (await leader.pool.query('select from audit_log')).rows.length === 0);
  await eventually(async () => (await ended()).length >= 2);
  const before = await ended();
  const instances = new Set(before.map(({ instance }) => instance));
  expect(instances.size).toBe(1);
  expect((await leader.request('GET', '/metrics')).body).toMatch(
    /^schedule_run_seconds_count\{schedule="events",outcome="succeeded"\} [1-9]/m,
  );

  // A daily schedule that was never due while this one led: its first tick passes before another one leads.
  const { rowCount } = await leader.pool.query(`update schedule_runs set tick_at = tick_at - interval '2 days' where schedule = 'jobs'`);
  expect(rowCount).toBe(1);
  await leader.kill();
  const another = await eventually(async () => (await ended()).find(({ instance }) => !instances.has(instance)));
  expect(another).toMatchObject({ outcome: 'succeeded' });
  await eventually(async () => {
    const { rows } = await leader.pool.query<Run>(`select instance, outcome from schedule_runs where schedule = 'jobs' order by tick_at`);
    return rows.length === 2 && rows[1]?.outcome === 'succeeded';
  });
  // Whatever the killed one was at has an end, too.
  await eventually(async () => (await runs()).every(({ instance, outcome }) => outcome !== null || !instances.has(instance)));
});
