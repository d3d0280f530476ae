import { count } from '@repo/terminal/numbers';
import { table } from '@repo/terminal/table';
import type { SimulatedVendor } from './simulated-vendor';

const MOST_SHOWN = 15;
const COLUMNS = ['vendor', 'rows sent', 'to send', 'changes', 'refused', 'orders', 'faults', 'errors'].map((heading, at) => ({
  heading,
  numeric: at > 0,
}));

const faultsOf = ({ faults }: SimulatedVendor) => Object.values(faults.counts).reduce((sum, n) => sum + n, 0);
const cellsOf = (vendor: SimulatedVendor) => {
  const { counts, rows, orders } = vendor;
  return [counts.sent, rows.dirtyCount(), rows.changes, counts.refused, orders.held.length, faultsOf(vendor), counts.errors];
};

/** What all vendors have done, in one line. */
export function progressLine(seconds: number, vendors: readonly SimulatedVendor[]): string {
  const [sent, toSend, changes, refused, orders, faults, errors] = sums(vendors).map(count);
  return `${Math.round(seconds)} s: ${sent} rows sent, ${toSend} to send, ${changes} changes, ${refused} refused, ${orders} orders in the ERPs, ${faults} faults, ${errors} errors`;
}

/** The same as a table: the first vendors, and the sum of all. */
export function progressTable(vendors: readonly SimulatedVendor[]): string[] {
  const shown = vendors.slice(0, MOST_SHOWN).map((vendor) => [vendor.vendorId, ...cellsOf(vendor).map(count)]);
  return table(COLUMNS, [...shown, [`all ${vendors.length}`, ...sums(vendors).map(count)]]);
}

function sums(vendors: readonly SimulatedVendor[]): number[] {
  return vendors.map(cellsOf).reduce(
    (sum, cells) => sum.map((n, at) => n + (cells[at] ?? 0)),
    Array.from({ length: 7 }, () => 0),
  );
}
