import { FATES, rulesFor } from './fates';
import { spreadFates } from './spread-fates';

const namesOf = (orders: number) => spreadFates(orders).map(({ name }) => name);

it('gives every order a fate, every fate its share, and the rest what is left', () => {
  const names = namesOf(200);
  const many = (name: string) => names.filter((one) => one === name).length;
  expect(names).toHaveLength(200);
  expect([many('later'), many('locked'), many('cut'), many('silent'), many('refused')]).toEqual([30, 20, 8, 2, 1]);
  expect(new Set(names).size).toBe(FATES.length);
});

it('spreads a fate, so that no stretch of orders looks like an ERP that is down', () => {
  const failing = spreadFates(200).map(({ fault }) => fault !== undefined && !['accept', 'duplicate_callbacks'].includes(fault.what.kind));
  for (let from = 0; from + 10 <= failing.length; from += 1) {
    expect(failing.slice(from, from + 10).filter(Boolean).length).toBeLessThan(6);
  }
});

it('does with few orders, too', () => {
  expect(namesOf(3)).toHaveLength(3);
  expect(namesOf(0)).toEqual([]);
});

it('makes rules that name one order each, for its first telling or for all', () => {
  const orders = FATES.map((fate) => ({ orderNumber: `SO-${fate.name}`, fate }));
  const rules = rulesFor(orders);
  expect(rules).toHaveLength(FATES.length - 1);
  expect(rules.find(({ match }) => match?.orderNumber === 'SO-locked')).toMatchObject({ match: { call: 'create-order', nth: 1 } });
  expect(rules.find(({ match }) => match?.orderNumber === 'SO-refused')?.match).not.toHaveProperty('nth');
});
