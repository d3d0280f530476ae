import { MOST_LINES } from '@repo/contracts/operations/order-operations';

/** A time as ISO 8601 in UTC, the same text under every setting of the server. */
export const isoTime = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A `numeric` as a decimal without trailing zeros. */
const decimal = (column: string) => `trim_scale(${column})::text`;

const LINE = `json_build_object('lineNo', line_no, 'sku', sku, 'description', description,
  'quantity', ${decimal('quantity')}, 'unitPrice', ${decimal('unit_price')}, 'discountRate', ${decimal('discount_rate')},
  'vatRate', ${decimal('vat_rate')}, 'amountVatExcluded', ${decimal('amount_vat_excluded')}, 'vatAmount', ${decimal('vat_amount')})`;

/** An order of the table `placed` as the API shows it; goes with {@link JOIN_ORDER_PARTS}. */
export const ORDER_JSON = `json_build_object(
  'id', placed.id, 'orderNumber', placed.order_number, 'vendorId', placed.vendor_id, 'customerId', placed.customer_id,
  'erpCustomerCode', placed.erp_customer_code, 'currency', placed.currency,
  'requestedDeliveryDate', to_char(placed.requested_delivery_date, 'YYYY-MM-DD'),
  'billingAddress', placed.billing_address, 'shippingAddress', placed.shipping_address, 'notes', placed.notes,
  'createdAt', ${isoTime('placed.created_at')}, 'updatedAt', ${isoTime('placed.updated_at')},
  'lines', lines.list,
  'amountVatExcluded', ${decimal('placed.amount_vat_excluded')}, 'vatAmount', ${decimal('placed.vat_amount')},
  'amountVatIncluded', ${decimal('placed.amount_vat_included')},
  'erp', json_build_object('status', placed.erp_status, 'jobId', newest.id, 'erpReference', placed.erp_reference,
    'error', placed.erp_sync_error, 'syncedAt', ${isoTime('placed.erp_synced_at')}))`;

/**
 * The lines of each order and the job that last concerned it. The limit makes the planner walk along the primary key,
 * order by order, whatever its statistics say of a vendor's lines.
 */
export const JOIN_ORDER_PARTS = `
  cross join lateral (
    select coalesce(json_agg(${LINE} order by line_no), '[]'::json) as list from (
      select * from order_items where order_items.vendor_id = placed.vendor_id and order_items.order_id = placed.id
        order by line_no limit ${MOST_LINES}) as line) as lines
  left join lateral (
    select id from sync_jobs where sync_jobs.vendor_id = placed.vendor_id and sync_jobs.order_id = placed.id
      order by sequence desc limit 1) as newest on true`;
