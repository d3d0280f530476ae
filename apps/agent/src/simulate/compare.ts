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

/** Orders that this run placed, by their numbers, and which of them it cancelled. */
export interface PlacedOrders {
  placed: readonly string[];
  cancelled: ReadonlySet<string>;
}

/**
 * What is wrong about orders: each that was placed has to be confirmed, and in the ERP once, under the reference that the hub has;
 * or it was cancelled, and is live on neither side.
 */
export function compareOrders(
  { placed, cancelled }: PlacedOrders,
  theirs: readonly StoredOrder[],
  held: readonly HeldOrder[],
): Difference[] {
  const inErp = new Map<string, HeldOrder[]>();
  for (const order of held) inErp.set(order.orderNumber, [...(inErp.get(order.orderNumber) ?? []), order]);
  const inHub = new Set(theirs.map(({ orderNumber }) => orderNumber));
  const told = (number: string, { kind, text }: Difference) => ({ kind, text: `order ${number}: ${text}` });
  return [
    ...placed.filter((number) => !inHub.has(number)).map((number) => told(number, { kind: 'lost', text: 'placed, not in the hub' })),
    ...theirs.flatMap((order) => {
      const { orderNumber } = order;
      return problemsOf(order, inErp.get(orderNumber) ?? [], cancelled.has(orderNumber)).map((problem) => told(orderNumber, problem));
    }),
    ...[...inErp.keys()]
      .filter((number) => !inHub.has(number))
      .map((number) => told(number, { kind: 'order', text: 'in the ERP, not in the hub' })),
  ];
}

function problemsOf({ erp }: StoredOrder, copies: readonly HeldOrder[], wasCancelled: boolean): Difference[] {
  const problems: Difference[] = copies.length > 1 ? [{ kind: 'doubled', text: `${copies.length} times in the ERP` }] : [];
  const tell = (kind: DifferenceKind, text: string) => [...problems, { kind, text }];
  const isLive = copies.some(({ cancelled }) => !cancelled);
  if (erp.status === 'cancelled') return isLive ? tell('order', 'cancelled in the hub, not in the ERP') : problems;
  if (erp.status !== 'confirmed' || wasCancelled) {
    const why = erp.error === null ? '' : ` (${erp.error})`;
    const what = `${wasCancelled ? 'cancelled by a client, ' : ''}${erp.status} in the hub, ${copies.length} in the ERP${why}`;
    return tell(copies.length === 0 && !wasCancelled ? 'lost' : 'order', what);
  }
  if (copies.length === 0) return tell('lost', 'confirmed in the hub, not in the ERP');
  if (!isLive) return tell('order', 'confirmed in the hub, cancelled in the ERP');
  return copies.some(({ erpReference }) => erpReference === erp.erpReference) ? problems : tell('order', 'the hub has another reference');
}

const shown = (key: string) => key.replace('\u001f', ' / ');
