import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';

/** Stock refers to items and warehouses: those first. */
const ORDER: readonly Entity[] = ['warehouses', 'items', 'stock'];

/** What is sent, in an order in which nothing waits for what comes later. */
export function entitiesToPush(has: readonly Entity[], wanted: readonly Entity[] | undefined): Entity[] {
  const all = wanted ?? ENTITY_LIST;
  return ORDER.filter((entity) => has.includes(entity) && all.includes(entity));
}
