import { createDatabase, openPool, type TemporaryDatabase } from '@repo/dev-stack/databases';
import type { Pool } from 'pg';
import { migrateDatabase } from '../migrate';
import { readAgentConditions, readDeadLetterCondition, readOtherConditions } from './read-conditions';
import { clearAlerts, clearOldAlerts, raiseAlerts, type Condition } from './track-alerts';
import { noteTold, readUntold } from './untold-alerts';

let database: TemporaryDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  await migrateDatabase(database.url);
  pool = openPool(database.url, 8);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query('truncate alerts, agent_registry'));

const offline = (vendorId: string): Condition => ({ kind: 'agent_offline', subject: vendorId, vendorId, detail: `no word of ${vendorId}` });
const news = async (sink = 'slack') => (await readUntold(pool, sink, 20)).map(({ subject, news: what }) => [subject, what]);

it('opens one alert a condition, however many instances see it at once', async () => {
  const raised = await Promise.all(Array.from({ length: 8 }, () => raiseAlerts(pool, [offline('v1'), offline('v2')])));
  expect(
    raised
      .flat()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(['v1', 'v2']);
});

it('closes what is gone, of the kinds that were looked at only, and opens it again when it comes back', async () => {
  await raiseAlerts(pool, [offline('v1'), offline('v2'), { ...offline('v1'), kind: 'clock_skew' }]);
  expect((await clearAlerts(pool, ['agent_offline'], [offline('v2')])).map(({ kind, subject }) => [kind, subject])).toEqual([
    ['agent_offline', 'v1'],
  ]);
  expect(await clearAlerts(pool, ['agent_offline'], [offline('v2')])).toEqual([]);
  expect(await raiseAlerts(pool, [offline('v1'), offline('v2')])).toHaveLength(1);
});

it('closes by itself what happened once and long ago', async () => {
  await raiseAlerts(pool, [offline('old'), offline('new')]);
  await pool.query(`update alerts set raised_at = now() - interval '2 hours' where subject = 'old'`);
  expect((await clearOldAlerts(pool, ['agent_offline'], 3_600)).map(({ subject }) => subject)).toEqual(['old']);
});

it('tells each sink once that it came and once that it is over', async () => {
  await raiseAlerts(pool, [offline('v1')]);
  expect(await news()).toEqual([['v1', 'raised']]);
  await noteTold(pool, 'slack', await readUntold(pool, 'slack', 20));
  expect(await news()).toEqual([]);
  expect(await news('webhook')).toEqual([['v1', 'raised']]);
  await clearAlerts(pool, ['agent_offline'], []);
  expect(await news()).toEqual([['v1', 'cleared']]);
  // Nobody was told that it came.
  expect(await news('webhook')).toEqual([]);
  await noteTold(pool, 'slack', await readUntold(pool, 'slack', 20));
  expect(await news()).toEqual([]);
});

it('sees agents that are silent, whose clock is off, and that refuse the hub, but not those that are disabled or gone', async () => {
  const agent = (vendorId: string, columns: string, values: string) =>
    pool.query(
      `insert into agent_registry (vendor_id, erp_type, mode, auth_token_hash, last_heartbeat, ${columns}) values ($1, 'x', 'pull', 'h', now(), ${values})`,
      [vendorId],
    );
  await agent('well', 'clock_skew_ms', '-299000');
  await agent('late-clock', 'clock_skew_ms', '-301000');
  await agent('refusing', 'unauthorized_since', 'now()');
  await agent('silent', 'version', `'1'`);
  await agent('silent-disabled', 'enabled', 'false');
  await agent('silent-gone', 'deregistered_at', 'now()');
  await pool.query(`update agent_registry set last_heartbeat = now() - interval '301 seconds' where vendor_id like 'silent%'`);
  const seen = await readAgentConditions(pool, { offlineAfterS: 300, orderAgeS: 1, clockSkewMs: 300_000 });
  expect(seen.map(({ kind, vendorId }) => `${kind} ${vendorId}`).sort()).toEqual([
    'agent_offline silent',
    'agent_refuses_credentials refusing',
    'clock_skew late-clock',
  ]);
});

it('sees nothing where nothing is', async () => {
  expect(await readDeadLetterCondition(pool)).toEqual([]);
  expect(await readOtherConditions(pool, { offlineAfterS: 300, orderAgeS: 1, clockSkewMs: 1 })).toEqual([]);
});

it('sees a snapshot that is held', async () => {
  await pool.query(
    `insert into snapshots (vendor_id, entity, status, started_at, expires_at) values ('v1', 'items', 'held', now(), now() + interval '1 hour'),
       ('v2', 'items', 'open', now(), now() + interval '1 hour')`,
  );
  const seen = await readOtherConditions(pool, { offlineAfterS: 300, orderAgeS: 1, clockSkewMs: 1 });
  expect(seen.map(({ kind, vendorId }) => [kind, vendorId])).toEqual([['held_too_many_deletes', 'v1']]);
});

it('sees what comparisons could not mend', async () => {
  await pool.query(
    `insert into reconciliation_runs (vendor_id, entity, run_id, cause, correlation_id, requested_at, ended_at, outcome)
     select 'v' || n, 'stock', uuidv7(), 'manual', 'c', now(), now(), outcome
     from unnest('{unresolved,held_too_many_deletes,drift_resolved,agent_unreachable,unresolved}'::text[]) with ordinality as ended (outcome, n)`,
  );
  await pool.query(
    `insert into agent_registry (vendor_id, erp_type, mode, auth_token_hash, deregistered_at) values ('v5', 'Test', 'pull', 'h', now())
     on conflict (vendor_id) do update set deregistered_at = now()`,
  );
  const seen = await readOtherConditions(pool, { offlineAfterS: 300, orderAgeS: 1, clockSkewMs: 1 });
  expect(seen.filter(({ subject }) => subject.endsWith('/stock')).map(({ kind, subject }) => [kind, subject])).toEqual([
    ['reconciliation_drift', 'v1/stock'],
    ['held_too_many_deletes', 'v2/stock'],
  ]);
});
