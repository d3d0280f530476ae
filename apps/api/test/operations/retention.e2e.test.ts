import { expectProblem } from '../security/security-fixture';
import { startHub, type Hub } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ env: { RETENTION_AUDIT_DAYS: '10' } });
});
afterAll(() => hub.stop());

const clean = (body: unknown) => hub.admin('POST', '/api/admin/retention', body);

describe('a clean-up by hand', () => {
  it('counts what is due, removes it, and leaves its own trace', async () => {
    await hub.pool.query(
      `insert into audit_log (id, at, actor, action, target) values
        (uuidv7(interval '-11 days'), now() - interval '11 days', 'a', 'old', 't'),
        (uuidv7(interval '-9 days'), now() - interval '9 days', 'a', 'new', 't')`,
    );
    const nothing = { sync_jobs: 0, sync_job_attempts: 0, dead_letter_queue: 0, parked_rows: 0, items: 0, stock: 0, warehouses: 0 };
    expect(await clean({ dryRun: true })).toMatchObject({ status: 200, body: { removed: { ...nothing, audit_log: 1 } } });
    expect(await clean({ dryRun: false })).toMatchObject({ status: 200, body: { removed: { ...nothing, audit_log: 1 }, finished: true } });
    expect(await clean({ dryRun: true })).toMatchObject({ status: 200, body: { removed: { audit_log: 0 } } });
    const { data } = (await hub.admin('GET', '/api/admin/audit')).body as { data: { action: string; after: unknown }[] };
    expect(data.map(({ action }) => action)).toEqual(['retention.run', 'new']);
    expect(data[0]?.after).toMatchObject({ audit_log: 1, finished: true });
  });

  it.each([{}, { dryRun: 'yes' }, { dryRun: true, days: 1 }])('refuses %p', async (body) => {
    expectProblem(await clean(body), 400, 'invalid_request');
  });
});
