import type { CallRecord, LedgerEntry } from '@repo/stand-in-erp/records';
import { count } from '@repo/terminal/numbers';
import { table } from '@repo/terminal/table';
import type { HubFacts } from './read-facts';
import { FATES, type Fate } from './fates';
import type { PlacedOrder } from './place-orders';

/** What both sides say about all orders of one fate. */
export interface FateTotals {
  fate: Fate;
  orders: number;
  /** Times that the ERP was told to create one. */
  told: number;
  /** Times that it was asked what became of one. */
  asked: number;
  /** Tries that the hub counted beyond the first of each. */
  retries: number;
  inErp: number;
  confirmed: number;
}

/** Adds up, fate by fate, what the ERP got and has, and what the hub made of it. */
export function tellFates(
  placed: readonly PlacedOrder[],
  calls: readonly CallRecord[],
  ledger: readonly LedgerEntry[],
  { orders, jobs }: Pick<HubFacts, 'orders' | 'jobs'>,
): FateTotals[] {
  const confirmed = new Set(orders.filter(({ erpStatus }) => erpStatus === 'confirmed').map(({ id }) => id));
  return FATES.filter((fate) => placed.some((order) => order.fate === fate)).map((fate) => {
    const ids = new Set(placed.filter((order) => order.fate === fate).map(({ id }) => id));
    const about = <T extends { orderId: string }>(all: readonly T[]) => all.filter(({ orderId }) => ids.has(orderId));
    return {
      fate,
      orders: ids.size,
      told: about(calls).filter(({ call }) => call === 'create-order').length,
      asked: about(calls).filter(({ call }) => call === 'order-status').length,
      retries: about(jobs).reduce((sum, { attemptNo }) => sum + Math.max(0, attemptNo - 1), 0),
      inErp: about(ledger).length,
      confirmed: [...ids].filter((id) => confirmed.has(id)).length,
    };
  });
}

/** What of it is not as the fates have it, in words; none when all is. */
export function faultsOfFates(totals: readonly FateTotals[]): string[] {
  return totals.flatMap(({ fate, orders, told, asked, inErp, confirmed }) => [
    ...(told < orders * fate.least.told ? [`the ERP ${fate.meaning}: told ${told} times of ${orders} orders`] : []),
    ...(asked < orders * fate.least.asked ? [`the ERP ${fate.meaning}: asked ${asked} times about ${orders} orders`] : []),
    ...(inErp === orders && confirmed === orders
      ? []
      : [`the ERP ${fate.meaning}: ${inErp} in it and ${confirmed} confirmed of ${orders}`]),
  ]);
}

/** A table, a row a fate, and their sums. `told` and `asked` are calls that reached the ERP; retries are the hub's tries after the first. */
export function fatesTable(totals: readonly FateTotals[]): string[] {
  const numeric = (heading: string) => ({ heading, numeric: true });
  const columns = ['orders', 'told', 'asked', 'retries', 'inErp', 'confirmed'] as const;
  const sum = (of: (typeof columns)[number]) => totals.reduce((total, one) => total + one[of], 0);
  const shown = (value: number) => (value === 0 ? '·' : count(value));
  return table(
    [{ heading: 'what the ERP did' }, ...['orders', 'told', 'asked', 'retries', 'in the ERP', 'confirmed'].map(numeric)],
    [
      ...totals.map((one) => [one.fate.meaning, ...columns.map((column) => shown(one[column]))]),
      ['all', ...columns.map((column) => shown(sum(column)))],
    ],
  );
}
