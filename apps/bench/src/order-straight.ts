import type { Pool } from 'pg';

/** An order as the bare baseline writes it. */
export interface StraightOrder {
  vendorId: string;
  orderNumber: string;
  payload: string;
  lines: { sku: string; quantity: string; unitPrice: string; net: string; vat: string }[];
}

const PLACE = {
  name: 'straight-place',
  text: `with placed as (
      insert into orders (vendor_id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included)
      values ($1, $2, 'C1', 10, 1, 11) returning id
    ), lines as (
      insert into order_items (vendor_id, order_id, line_no, sku, quantity, unit_price, vat_rate, amount_vat_excluded, vat_amount)
      select $1, placed.id, line.no, line.sku, line.quantity, line.price, 5.5, line.net, line.vat from placed,
        unnest($3::text[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[]) with ordinality as line (sku, quantity, price, net, vat, no)
    )
    insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, attempts_allowed, expires_at, correlation_id)
    select $1, id, 'create_order', 1, $8::jsonb, 5, now() + interval '7 days', 'bench' from placed returning id, order_id`,
};
const CLAIM = {
  name: 'straight-claim',
  text: `update sync_jobs set status = 'processing', attempt_no = attempt_no + 1, started_at = now(), lease_token = uuidv4(),
      lease_until = now() + interval '35 seconds' where vendor_id = $1 and id = $2 and status = 'pending'`,
};
const OUTCOME = {
  name: 'straight-outcome',
  text: `update sync_jobs set status = 'awaiting_callback', callback_deadline_at = now() + interval '15 minutes', lease_token = null,
      lease_until = null where vendor_id = $1 and id = $2 and status = 'processing'`,
};
const DONE = {
  name: 'straight-done',
  text: `with done as (
      update sync_jobs set status = 'completed', completed_at = now(), erp_reference = $3 where vendor_id = $1 and id = $2
        and status = 'awaiting_callback' returning order_id)
    update orders set erp_status = 'confirmed', erp_reference = $3, erp_synced_at = now() from done
    where orders.vendor_id = $1 and orders.id = done.order_id`,
};

/** The life of an order in the barest SQL that can be: placed, claimed, its outcome, done; four commits, nothing else. */
export async function liveStraight(pool: Pool, { vendorId, orderNumber, payload, lines }: StraightOrder): Promise<void> {
  const column = (read: (line: StraightOrder['lines'][number]) => string) => lines.map(read);
  const { rows } = await pool.query<{ id: string }>({
    ...PLACE,
    values: [
      vendorId,
      orderNumber,
      column(({ sku }) => sku),
      column(({ quantity }) => quantity),
      column(({ unitPrice }) => unitPrice),
      column(({ net }) => net),
      column(({ vat }) => vat),
      payload,
    ],
  });
  const id = rows[0]?.id;
  await pool.query({ ...CLAIM, values: [vendorId, id] });
  await pool.query({ ...OUTCOME, values: [vendorId, id] });
  await pool.query({ ...DONE, values: [vendorId, id, `E-${orderNumber}`] });
}
