import type { Pool, PoolClient } from 'pg';
import type { Order } from '@repo/contracts/operations/order-operations';
import { columnLiteral } from '../ingest/array-literal';
import { isoTime } from './order-json';

/** An order before it is written: complete, but for what the database gives it. The ERP is told exactly this. */
export type OrderToInsert = Omit<Order, 'id' | 'createdAt' | 'updatedAt' | 'erp'>;

/** How long and how often a job of an order may be tried, and what its log lines are found by. */
export interface JobTerms {
  attemptsAllowed: number;
  expiresInS: number;
  correlationId: string;
}

/** By what a repeat of an order is known: the key, and a hash of what was asked for. */
export interface Idempotency {
  key: string;
  hash: string;
}

// The moment has no microseconds, so that every reply and the ERP see the same one.
const INSERT = {
  name: 'insert-order',
  text: `with placed as (
      insert into orders (vendor_id, order_number, customer_id, erp_customer_code, currency, requested_delivery_date, billing_address,
        shipping_address, notes, amount_vat_excluded, vat_amount, amount_vat_included, idempotency_key, idempotency_hash,
        created_at, updated_at)
      select $1, $2, $3, $4, $5, $6::date, $7::jsonb, $8::jsonb, $9, $10::numeric, $11::numeric, $12::numeric, $13, $14,
          moment.now, moment.now
        from (select date_trunc('milliseconds', now()) as now) as moment
      on conflict do nothing
      returning id, ${isoTime('created_at')} as created_at
    ), lines as (
      insert into order_items (vendor_id, order_id, sku, description, quantity, unit_price, discount_rate, vat_rate,
        amount_vat_excluded, vat_amount, line_no)
      select $1, placed.id, line.* from placed,
        unnest($15::text[], $16::text[], $17::numeric[], $18::numeric[], $19::numeric[], $20::numeric[], $21::numeric[], $22::numeric[])
          with ordinality as line
    ), job as (
      insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, attempts_allowed, expires_at, correlation_id)
      select $1, placed.id, 'create_order', 1, $23::jsonb || jsonb_build_object('id', placed.id, 'createdAt', placed.created_at),
        $24, now() + make_interval(secs => $25), $26 from placed
      returning id
    )
    select placed.id, placed.created_at, job.id as job_id from placed, job`,
};

/**
 * Writes an order, its lines and the job that tells the ERP of it, in one statement: all of it or nothing. Null when the
 * vendor has an order with this number or this idempotency key; one that is just being written is waited for.
 */
export async function insertOrder(
  executor: Pool | PoolClient,
  order: OrderToInsert,
  idempotency: Idempotency | null,
  job: JobTerms,
): Promise<Order | null> {
  const { lines } = order;
  const { rows } = await executor.query<{ id: string; created_at: string; job_id: string }>({
    ...INSERT,
    values: [
      order.vendorId,
      order.orderNumber,
      order.customerId,
      order.erpCustomerCode,
      order.currency,
      order.requestedDeliveryDate,
      jsonOf(order.billingAddress),
      jsonOf(order.shippingAddress),
      order.notes,
      order.amountVatExcluded,
      order.vatAmount,
      order.amountVatIncluded,
      idempotency?.key ?? null,
      idempotency?.hash ?? null,
      columnLiteral(lines, 'text', ({ sku }) => sku),
      columnLiteral(lines, 'text', ({ description }) => description),
      columnLiteral(lines, 'numeric', ({ quantity }) => quantity),
      columnLiteral(lines, 'numeric', ({ unitPrice }) => unitPrice),
      columnLiteral(lines, 'numeric', ({ discountRate }) => discountRate),
      columnLiteral(lines, 'numeric', ({ vatRate }) => vatRate),
      columnLiteral(lines, 'numeric', ({ amountVatExcluded }) => amountVatExcluded),
      columnLiteral(lines, 'numeric', ({ vatAmount }) => vatAmount),
      JSON.stringify(order),
      job.attemptsAllowed,
      job.expiresInS,
      job.correlationId,
    ],
  });
  const written = rows[0];
  if (written === undefined) return null;
  const { id, created_at: createdAt, job_id: jobId } = written;
  const erp = { status: 'pending', jobId, erpReference: null, error: null, syncedAt: null } as const;
  return { ...order, id, createdAt, updatedAt: createdAt, erp };
}

const jsonOf = (value: Record<string, unknown> | null) => (value === null ? null : JSON.stringify(value));
