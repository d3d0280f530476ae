import { decideFault } from './decide-fault';
import type { FaultPlan } from './faults';

const call = { call: 'create-order' as const, orderNumber: 'SO-1', nth: 1 };
const hang = { kind: 'hang' as const };
const decided = (plan: FaultPlan, changes: Partial<typeof call> = {}) => decideFault(plan, { ...call, ...changes }).kind;

it('answers well without a rule', () => {
  expect(decided([])).toBe('complete');
});

it('lets the first rule that matches decide', () => {
  expect(
    decided([
      { match: { orderNumber: 'SO-2' }, fault: { kind: 'garbage' } },
      { fault: hang },
      { fault: { kind: 'redirect', location: '/' } },
    ]),
  ).toBe('hang');
});

it('matches kind, order and nth all together', () => {
  const plan: FaultPlan = [{ match: { call: 'create-order', orderNumber: 'SO-1', nth: 2 }, fault: hang }];
  expect(decided(plan, { nth: 2 })).toBe('hang');
  expect(decided(plan, { nth: 1 })).toBe('complete');
  expect(decided(plan, { nth: 2, orderNumber: 'SO-2' })).toBe('complete');
  expect(decideFault(plan, { call: 'order-status', orderNumber: 'SO-1', nth: 2 }).kind).toBe('complete');
});

it('picks about its share of the calls, always the same ones, and others with another seed', () => {
  const picked = (share: number, seed: number) =>
    Array.from({ length: 1000 }, (_, n) => n).filter(
      (n) => decided([{ match: { share, seed }, fault: hang }], { orderNumber: `SO-${n}` }) === 'hang',
    );
  expect(picked(0.2, 1).length).toBeGreaterThan(150);
  expect(picked(0.2, 1).length).toBeLessThan(250);
  expect(picked(0.2, 1)).toEqual(picked(0.2, 1));
  expect(picked(0.2, 2)).not.toEqual(picked(0.2, 1));
  expect(picked(0, 1)).toEqual([]);
  expect(picked(1, 1)).toHaveLength(1000);
});
