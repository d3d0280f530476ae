import { useTestDatabase } from '../../../test/support/test-database';
import { openDatabase, type Database } from '../connect';
import { cancelUnstarted, lockOrder, queueCancellation, readOrderJobs } from './cancel-order';
import { insertOrder, type JobTerms, type OrderToInsert } from './insert-order';
import { findFirstPlaced, readBeforePlacing } from './read-before-placing';
import { findOrder, listOrders } from './read-orders';

const TERMS: JobTerms = { attemptsAllowed: 5, expiresInS: 60, correlationId: 'c-1' };
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const test = useTestDatabase();
beforeEach(() => test.pool.query('truncate orders, order_items, sync_jobs, items cascade'));

function order(orderNumber: string, more: Partial<OrderToInsert> = {}): OrderToInsert {
  const line = { description: 'NULL', quantity: '2', unitPrice: '1.25', discountRate: '0', vatRate: '5.5' };
  return {
    vendorId: 'v1',
    orderNumber,
    customerId: null,
    erpCustomerCode: 'C "1" \\ {2}',
    currency: 'EUR',
    requestedDeliveryDate: '2028-02-29',
    billingAddress: null,
    shippingAddress: { street: 'a\n"b"\\', floors: [1, { x: null }], big: 1e21 },
    notes: '',
    amountVatExcluded: '12345678901234567890.12',
    vatAmount: '0.14',
    amountVatIncluded: '12345678901234567890.26',
    lines: [
      { lineNo: 1, sku: 'a,"b"\\ {}', ...line, amountVatExcluded: '2.5', vatAmount: '0.14' },
      { lineNo: 2, sku: 'NULL', ...line, description: '', quantity: '0.0000000001', amountVatExcluded: '0', vatAmount: '0' },
    ],
    ...more,
  };
}

const insert = async (orderNumber: string, more: Partial<OrderToInsert> = {}) => {
  const inserted = await insertOrder(test.pool, order(orderNumber, more), null, TERMS);
  if (inserted === null) throw new Error(`${orderNumber} was not inserted`);
  return inserted;
};
const countRows = async () => {
  const { rows } = await test.pool.query<{ n: string }>(
    'select (select count(*) from orders) || $1 || (select count(*) from order_items) || $1 || (select count(*) from sync_jobs) as n',
    [' '],
  );
  return rows[0]?.n;
};

describe('an inserted order', () => {
  it('is read back as it was given when it was inserted, one by one and in a list', async () => {
    const inserted = await insert('N-1');
    expect(await findOrder(test.database.db, inserted.id)).toEqual(inserted);
    expect((await listOrders(test.database.db, {}, { page: 1, limit: 50 })).data).toEqual([inserted]);
    expect(inserted).toMatchObject(order('N-1'));
    expect(Math.abs(Date.parse(inserted.createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('comes with the job that tells the ERP exactly this', async () => {
    const { id, createdAt, erp } = await insert('N-1');
    const { rows } = await test.pool.query<Record<string, unknown>>(
      `select id, order_id, operation, status, sequence, attempt_no, attempts_allowed, held_reason, correlation_id, payload,
         extract(epoch from expires_at - created_at)::float as life from sync_jobs`,
    );
    const state = { operation: 'create_order', status: 'pending', sequence: 1, attempt_no: 0, attempts_allowed: 5, held_reason: null };
    expect(rows).toEqual([
      { ...state, id: erp.jobId, order_id: id, correlation_id: 'c-1', life: 60, payload: { ...order('N-1'), id, createdAt } },
    ]);
  });

  it('is not there at all when its number or its key is taken, and leaves nothing of itself', async () => {
    const key = { key: 'k', hash: 'h' };
    const first = await insertOrder(test.pool, order('N-1'), key, TERMS);
    expect(await insertOrder(test.pool, order('N-1'), null, TERMS)).toBeNull();
    expect(await insertOrder(test.pool, order('N-2'), key, TERMS)).toBeNull();
    expect(await countRows()).toBe('1 2 1');
    expect(await findFirstPlaced(test.pool, 'v1', 'k')).toEqual({ orderId: first?.id, hash: 'h' });
    expect(await insertOrder(test.pool, order('N-1', { vendorId: 'v2' }), key, TERMS)).toMatchObject({ vendorId: 'v2' });
  });

  it('is waited for by another of its number, which is written when the first one is not', async () => {
    const client = await test.pool.connect();
    await client.query('begin');
    expect(await insertOrder(client, order('N-1'), null, TERMS)).not.toBeNull();
    const second = insertOrder(test.pool, order('N-1'), null, TERMS);
    await client.query('rollback');
    client.release();
    expect(await second).not.toBeNull();
    expect(await countRows()).toBe('1 2 1');
  });
});

describe('what is read before placing', () => {
  const ITEMS = `insert into items (vendor_id, sku, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash,
      row_digest, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, deleted_at)
    values ('v1', 'A', 'Alpha', 'h', now(), now(), now(), 1, 1, 1, 'u', 'v', 'u', 'u', 'v', 5.50, null),
      ('v1', 'a', 'gone', 'h', now(), now(), now(), 1, 1, 1, 'u', 'v', 'u', 'u', 'v', 20, now()),
      ('v2', 'B', 'Beta', 'h', now(), now(), now(), 1, 1, 1, 'u', 'v', 'u', 'u', 'v', 20, null)`;

  it("holds the vendor's own live items, by their exact SKU", async () => {
    await test.pool.query(ITEMS);
    const { items, first } = await readBeforePlacing(test.pool, 'v1', ['A', 'A', 'a', 'B', 'A '], null);
    expect([...items]).toEqual([['A', { name: 'Alpha', vatRate: '5.5' }]]);
    expect(first).toBeNull();
  });
});

describe('a list of orders', () => {
  it('is filtered by vendor and status, newest first, with its lines in their order', async () => {
    const inserted = [];
    for (let n = 1; n <= 5; n++) inserted.push(await insert(`N-${n}`, { vendorId: n === 3 ? 'v2' : 'v1' }));
    await test.pool.query(`update orders set erp_status = 'confirmed' where order_number = 'N-4'`);
    const numbers = async (filter: Parameters<typeof listOrders>[1], page = 1) => {
      const { data, meta } = await listOrders(test.database.db, filter, { page, limit: 2 });
      for (const { lines } of data) expect(lines.map(({ lineNo }) => lineNo)).toEqual([1, 2]);
      return [data.map(({ orderNumber }) => orderNumber).join(' '), meta.total, meta.totalPages];
    };
    expect(await numbers({})).toEqual(['N-5 N-4', 5, 3]);
    expect(await numbers({}, 3)).toEqual(['N-1', 5, 3]);
    expect(await numbers({ vendorId: 'v1' })).toEqual(['N-5 N-4', 4, 2]);
    expect(await numbers({ vendorId: 'v1', erpStatus: 'pending' })).toEqual(['N-5 N-2', 3, 2]);
    expect(await numbers({ erpStatus: 'confirmed' })).toEqual(['N-4', 1, 1]);
    expect(await numbers({ vendorId: 'v3' })).toEqual(['', 0, 0]);
  });

  it('takes orders without lines, and ones whose jobs were cleaned up', async () => {
    const { id } = await insert('N-1');
    await test.pool.query('delete from sync_jobs; delete from order_items');
    expect(await findOrder(test.database.db, id)).toMatchObject({ lines: [], erp: { jobId: null } });
    expect(await findOrder(test.database.db, UNKNOWN)).toBeNull();
  });

  describe('among very many, of which the statistics know nothing', () => {
    const reader = () => openDatabase({ url: test.url, poolSize: 1, applicationName: 'orders-test' });
    beforeEach(async () => {
      await test.pool.query(
        'alter table orders set (autovacuum_enabled = false); alter table order_items set (autovacuum_enabled = false)',
      );
      await test.pool.query('analyze orders, order_items, sync_jobs');
      await test.pool.query(`insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount,
          amount_vat_included, erp_status)
        select 'v1', 'N' || n, 'C', 0, 0, 0, case when n % 100 = 0 then 'failed' else 'confirmed' end from generate_series(1, 5000) as n`);
      await test.pool.query(`insert into order_items (vendor_id, order_id, line_no, sku, quantity, unit_price, vat_rate,
          amount_vat_excluded, vat_amount)
        select vendor_id, id, n, 'A', 1, 1, 1, 1, 1 from orders, generate_series(1, 4) as n`);
    });

    /** How many rows of both tables this connection has read so far. */
    const readSoFar = async ({ pool }: Database) => {
      await pool.query('select pg_stat_force_next_flush()');
      const { rows } = await pool.query<{ relname: string; n: string }>(
        `select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as n from pg_stat_user_tables where relname in ('orders', 'order_items')`,
      );
      return Object.fromEntries(rows.map(({ relname, n }) => [relname, Number(n)]));
    };

    // Before a vacuum, what is on the page is looked at once for its id and once for the rest.
    it.each([
      ['a vendor', { vendorId: 'v1' }, 5_000 + 20],
      ['everyone', {}, 5_000 + 20],
      ['a vendor with a rare status', { vendorId: 'v1', erpStatus: 'failed' as const }, 50 + 20],
      ['everyone with a rare status', { erpStatus: 'failed' as const }, 50 + 60],
    ])('reads only what it counts and what is on the page: of %s', async (_what, filter, most) => {
      const own = reader();
      const before = await readSoFar(own);
      expect((await listOrders(own.db, filter, { page: 1, limit: 10 })).data).toHaveLength(10);
      const after = await readSoFar(own);
      await own.close();
      expect((after['order_items'] ?? 0) - (before['order_items'] ?? 0)).toBe(40);
      expect((after['orders'] ?? 0) - (before['orders'] ?? 0)).toBeLessThanOrEqual(most);
    });
  });
});

describe('cancelling', () => {
  it('ends an order and its job together, unless a try has started', async () => {
    const { id, erp } = await insert('N-1');
    const jobId = erp.jobId ?? '';
    await test.database.db.transaction(async (tx) => {
      const locked = await lockOrder(tx, id);
      if (locked === null) throw new Error('the order is not there');
      expect(locked).toEqual({ vendorId: 'v1', id, orderNumber: 'N-1', erpStatus: 'pending' });
      await tx.execute(`update sync_jobs set attempt_no = 1`);
      expect(await cancelUnstarted(tx, locked, jobId)).toBe(false);
      expect((await findOrder(tx, id))?.erp.status).toBe('pending');
      await tx.execute(`update sync_jobs set attempt_no = 0`);
      expect(await cancelUnstarted(tx, locked, jobId)).toBe(true);
    });
    expect((await findOrder(test.database.db, id))?.erp).toMatchObject({ status: 'cancelled', jobId });
    const { rows } = await test.pool.query('select status, completed_at is not null as ended from sync_jobs');
    expect(rows).toEqual([{ status: 'cancelled', ended: true }]);
    expect(await lockOrder(test.database.db, UNKNOWN)).toBeNull();
  });

  it('puts a job behind the others, and the order on its way', async () => {
    const { id } = await insert('N-1');
    const jobs = await test.database.db.transaction(async (tx) => {
      const locked = await lockOrder(tx, id);
      if (locked === null) throw new Error('the order is not there');
      await queueCancellation(tx, locked, { sequence: 2, held: true }, { ...TERMS, correlationId: 'c-2' });
      return readOrderJobs(tx, locked);
    });
    expect(jobs).toEqual([
      { id: expect.any(String), operation: 'create_order', status: 'pending', sequence: 1, attemptNo: 0 },
      { id: expect.any(String), operation: 'cancel_order', status: 'pending', sequence: 2, attemptNo: 0 },
    ]);
    expect((await findOrder(test.database.db, id))?.erp).toMatchObject({ status: 'cancelling', jobId: jobs[1]?.id });
    const { rows } = await test.pool.query('select held_reason, payload, correlation_id from sync_jobs where sequence = 2');
    expect(rows).toEqual([{ held_reason: 'earlier_job', payload: { orderNumber: 'N-1' }, correlation_id: 'c-2' }]);
  });
});
