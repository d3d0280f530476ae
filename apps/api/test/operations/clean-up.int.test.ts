import { Logger } from '@nestjs/common';
import { nothing, CleanUp } from '../../src/modules/sync/maintenance/retention/clean-up';
import { Lifecycle } from '../../src/platform/lifecycle/lifecycle';
import type { HubSettings } from '../../src/config/settings';
import { openTestDatabase, type TestDatabase } from '../mappings/mapping-fixture';

const DAYS = {
  RETENTION_JOBS_DAYS: 30,
  RETENTION_DEAD_LETTERS_DAYS: 30,
  RETENTION_EVENTS_DAYS: 30,
  RETENTION_AUDIT_DAYS: 365,
  RETENTION_PARKED_DAYS: 90,
  RETENTION_TOMBSTONES_DAYS: 90,
} as HubSettings;

let database: TestDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase();
});
afterAll(() => database.drop());

it('says whether it has finished, or its time was over, or the process ended', async () => {
  await database.pool.query(
    `insert into alerts (kind, subject, detail, cleared_at) values ('clock_skew', 'old', 'd', now() - interval '31 days')`,
  );
  const ending = new Lifecycle();
  ending.beginShutdown();
  const removed = nothing();
  expect(await new CleanUp(DAYS, database, ending).run(60_000, removed)).toBe(false);
  const cleanUp = new CleanUp(DAYS, database, new Lifecycle());
  expect(await cleanUp.run(0, removed)).toBe(false);
  expect(removed).toEqual(nothing());
  expect(await cleanUp.run(60_000, removed)).toBe(true);
  expect(removed).toEqual({ ...nothing(), alerts: 1 });
});
