import { readRowsReply } from './read-rows-reply';

const call = { entity: 'items', keys: ['a', 'b', '__proto__'] } as const;
const of = (body: unknown) => readRowsReply({ ...call, keys: [...call.keys] }, body);

it('tells rows, missing keys, and keys that nothing was said of', () => {
  const strange = JSON.parse('{"sku":"__proto__","__proto__":{}}') as object;
  expect(of({ rows: [{ sku: 'a' }, strange], missing: ['b'], more: 1 })).toEqual({
    rows: new Map<string, object>([
      ['a', { sku: 'a' }],
      ['__proto__', strange],
    ]),
    missing: ['b'],
    unanswered: [],
  });
  expect(of({ rows: [], missing: [] })).toMatchObject({ unanswered: ['a', 'b', '__proto__'] });
});

it.each<[string, unknown]>([
  ['no lists', { rows: {} }],
  ['a row of another key', { rows: [{ sku: 'c' }], missing: [] }],
  ['a row without a key', { rows: [{ name: 'n' }], missing: [] }],
  ['a row twice', { rows: [{ sku: 'a' }, { sku: 'a' }], missing: [] }],
  ['a missing key that has a row', { rows: [{ sku: 'a' }], missing: ['a'] }],
  ['a missing key twice', { rows: [], missing: ['a', 'a'] }],
  ['another missing key', { rows: [], missing: ['c'] }],
])('%s is a lie', (_, body) => {
  expect(of(body)).toHaveProperty('lie');
});
