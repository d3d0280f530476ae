import type { StoredOrder } from './public-hub';
import type { HeldOrder } from './simulated-orders';

/**
 * What is wrong with a row or an order. `lost`: an order that was placed is not in the ERP; `doubled`: it is there more than once;
 * `order`: anything else about an order, such as another reference, or one that is done and not confirmed.
 */
export type DifferenceKind = 'row' | 'lost' | 'doubled' | 'order';

export interface Difference {
  kind: DifferenceKind;
  /** For people. */
  text: string;
}

/** The rows of one entity that differ: `ours` and `theirs` are content hashes by key. */
export function compareRows(name: string, ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): Difference[] {
  const missing = [...ours.keys()].filter((key) => !theirs.has(key)).map((key) => `${name} ${shown(key)}: in the ERP, not in the hub`);
  const others = [...theirs].flatMap(([key, hash]) => {
    const own = ours.get(key);
    if (own === undefined) return [`${name} ${shown(key)}: in the hub, not in the ERP`];
    return own === hash ? [] : [`${name} ${shown(key)}: another content in the hub`];
  });
  return [...missing, ...others].map((text) => ({ kind: 'row', text }));
}

/** What is wrong about orders: each that was placed has to be confirmed, and in the ERP once, under the reference that the hub has. */
export function compareOrders(placed: readonly string[], theirs: readonly StoredOrder[], held: readonly HeldOrder[]): Difference[] {
  const problems: Difference[] = [];
  const tell = (kind: DifferenceKind, number: string, what: string) => problems.push({ kind, text: `order ${number}: ${what}` });
  const inErp = new Map<string, HeldOrder[]>();
  for (const order of held) inErp.set(order.orderNumber, [...(inErp.get(order.orderNumber) ?? []), order]);
  const inHub = new Map(theirs.map((order) => [order.orderNumber, order]));
  for (const number of placed) if (!inHub.has(number)) tell('lost', number, 'placed, not in the hub');
  for (const { orderNumber, erp } of theirs) {
    const copies = inErp.get(orderNumber) ?? [];
    if (copies.length > 1) tell('doubled', orderNumber, `${copies.length} times in the ERP`);
    if (erp.status !== 'confirmed') {
      const why = erp.error === null ? '' : ` (${erp.error})`;
      tell(copies.length === 0 ? 'lost' : 'order', orderNumber, `${erp.status} in the hub, ${copies.length} in the ERP${why}`);
    } else if (copies.length === 0) tell('lost', orderNumber, 'confirmed in the hub, not in the ERP');
    else if (!copies.some(({ erpReference }) => erpReference === erp.erpReference))
      tell('order', orderNumber, 'the hub has another reference');
  }
  for (const number of inErp.keys()) if (!inHub.has(number)) tell('order', number, 'in the ERP, not in the hub');
  return problems;
}

const shown = (key: string) => key.replace('\u001f', ' / ');
