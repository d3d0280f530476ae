import { expectProblem } from '../security/security-fixture';
import { eventually } from '../support/hub';
import { NOBODY, openShop, type Shop } from './orders-fixture';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.hub.stop());

/** The jobs of an order, oldest first. */
async function jobsOf(orderId: string) {
  const { rows } = await shop.hub.pool.query<{ operation: string; status: string; sequence: number; held_reason: string | null }>(
    'select operation, status, sequence, held_reason from sync_jobs where order_id = $1 order by sequence',
    [orderId],
  );
  return rows;
}

/** An order whose job is as `job` says (assignments), and that is itself as `status` says. */
async function orderThatIs(status: string, job: string): Promise<string> {
  const { id } = await shop.placed();
  await shop.hub.pool.query(`update sync_jobs set ${job} where order_id = $1`, [id]);
  await shop.hub.pool.query('update orders set erp_status = $2 where id = $1', [id, status]);
  return id;
}

const CREATE = { operation: 'create_order', sequence: 1, held_reason: null };
const CANCEL = { operation: 'cancel_order', sequence: 2, status: 'pending' };

describe('cancelling an order', () => {
  it('of which the ERP was not told ends it and its job at once', async () => {
    const placed = await shop.placed();
    const { status, body } = await shop.cancel(placed.id);
    expect([status, body]).toEqual([200, { ...placed, updatedAt: expect.any(String), erp: { ...placed.erp, status: 'cancelled' } }]);
    expect(await jobsOf(placed.id)).toEqual([{ ...CREATE, status: 'cancelled' }]);
    expect((await shop.find(placed.id)).body).toEqual(body);
  });

  it.each([
    [
      'being sent',
      'syncing',
      `status = 'processing', attempt_no = 1, lease_until = now() + interval '1 hour', lease_token = gen_random_uuid()`,
    ],
    ['with the ERP', 'syncing', `status = 'awaiting_callback', attempt_no = 1, callback_deadline_at = now() + interval '1 hour'`],
    ['to be sent again', 'syncing', `status = 'pending', attempt_no = 1, next_attempt_at = now() + interval '1 hour'`],
  ])('that is %s puts a job behind it, which is held', async (_what, erpStatus, job) => {
    const id = await orderThatIs(erpStatus, job);
    const { status, body } = await shop.cancel(id);
    const [create, cancel] = await jobsOf(id);
    expect([status, body.erp.status]).toEqual([200, 'cancelling']);
    expect(create).toMatchObject({ operation: 'create_order', sequence: 1 });
    expect(cancel).toEqual({ ...CANCEL, held_reason: 'earlier_job' });
    const { rows } = await shop.hub.pool.query(
      'select id, payload, correlation_id is not null as known from sync_jobs where order_id = $1 and sequence = 2',
      [id],
    );
    expect(rows).toEqual([{ id: body.erp.jobId, payload: { orderNumber: body.orderNumber }, known: true }]);
  });

  it('that is confirmed puts a job behind it, which nothing of the order holds', async () => {
    const id = await orderThatIs('confirmed', `status = 'completed', attempt_no = 1, completed_at = now()`);
    expect((await shop.cancel(id)).body.erp.status).toBe('cancelling');
    const [, cancel] = await jobsOf(id);
    expect(cancel).toMatchObject({ operation: 'cancel_order', sequence: 2 });
    expect(cancel?.held_reason).not.toBe('earlier_job');
  });

  it('that is confirmed works also when its jobs were cleaned up', async () => {
    const { id } = await shop.placed();
    await shop.hub.pool.query('delete from sync_jobs where order_id = $1', [id]);
    await shop.hub.pool.query(`update orders set erp_status = 'confirmed' where id = $1`, [id]);
    expect((await shop.cancel(id)).body.erp.status).toBe('cancelling');
    expect(await jobsOf(id)).toMatchObject([{ operation: 'cancel_order', sequence: 1 }]);
  });

  it('again, while it is being cancelled, changes nothing', async () => {
    const id = await orderThatIs(
      'syncing',
      `status = 'awaiting_callback', attempt_no = 1, callback_deadline_at = now() + interval '1 hour'`,
    );
    const first = await shop.cancel(id);
    const again = await shop.cancel(id);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await jobsOf(id)).toHaveLength(2);
  });

  it.each([
    ['cancelled', `status = 'cancelled', completed_at = now()`],
    ['failed', `status = 'failed', attempt_no = 5, completed_at = now()`],
  ])('that has %s is refused', async (erpStatus, job) => {
    const id = await orderThatIs(erpStatus, job);
    const before = (await shop.find(id)).body;
    expectProblem(await shop.cancel(id), 409, 'invalid_transition');
    expect((await shop.find(id)).body).toEqual(before);
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('ten times at once ends it once', async () => {
    const { id } = await shop.placed();
    const replies = await Promise.all(Array.from({ length: 10 }, () => shop.cancel(id)));
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(await jobsOf(id)).toEqual([{ ...CREATE, status: 'cancelled' }]);
  });

  it('ten times at once, once the ERP knows of it, puts one job behind it', async () => {
    const id = await orderThatIs('confirmed', `status = 'completed', attempt_no = 1, completed_at = now()`);
    const replies = await Promise.all(Array.from({ length: 10 }, () => shop.cancel(id)));
    expect(new Set(replies.map(({ status, body }) => `${status} ${body.erp.status}`))).toEqual(new Set(['200 cancelling']));
    expect(await jobsOf(id)).toHaveLength(2);
  });

  it('waits for whoever starts its job, and then puts a job behind it', async () => {
    const { id } = await shop.placed();
    const worker = await shop.hub.pool.connect();
    await worker.query('begin');
    await worker.query('select from orders where id = $1 for update', [id]);
    const cancelled = shop.cancel(id);
    await eventually(async () => {
      const { rowCount } = await shop.hub.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%from orders%'`,
      );
      return (rowCount ?? 0) > 0;
    });
    await worker.query(
      `update sync_jobs set status = 'processing', attempt_no = 1, lease_until = now() + interval '1 hour', lease_token = gen_random_uuid()
       where order_id = $1`,
      [id],
    );
    await worker.query('commit');
    worker.release();
    expect((await cancelled).body.erp.status).toBe('cancelling');
    expect(await jobsOf(id)).toMatchObject([{ status: 'processing' }, { ...CANCEL, held_reason: 'earlier_job' }]);
  });

  it('that is none is not found, and takes no body', async () => {
    expectProblem(await shop.cancel(NOBODY), 404, 'not_found');
    expectProblem(await shop.cancel('x'), 400, 'invalid_request');
    const { id } = await shop.placed();
    expectProblem(await shop.call('POST', `/api/orders/${id}/cancel`, { reason: 'none' }), 400, 'invalid_request');
    expect((await shop.call('POST', `/api/orders/${id}/cancel`, {})).status).toBe(200);
  });
});
