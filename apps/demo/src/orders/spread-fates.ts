import { FATES, type Fate } from './fates';

/** One fate for each of so many orders, in the shares that they have, and each spread evenly over the whole. */
export function spreadFates(orders: number, fates: readonly Fate[] = FATES): Fate[] {
  const rest = fates.find(({ percent }) => percent === 'rest');
  if (rest === undefined) throw new RangeError('one fate has to take the rest');
  const placed = fates
    .filter((fate) => fate !== rest)
    .flatMap((fate) => {
      const many = fate.percent === 'one' ? 1 : Math.max(1, Math.round((orders * Number(fate.percent)) / 100));
      return Array.from({ length: many }, (_, nth) => ({ fate, at: (nth + 0.5) / many }));
    })
    .slice(0, orders);
  const left = Array.from({ length: orders - placed.length }, (_, nth) => ({ fate: rest, at: (nth + 0.5) / (orders - placed.length) }));
  return [...placed, ...left].sort((a, b) => a.at - b.at).map(({ fate }) => fate);
}
