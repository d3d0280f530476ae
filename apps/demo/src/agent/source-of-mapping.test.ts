import { agentRule, sourceOfMapping } from './source-of-mapping';

it('says what a mapping describes in the words of the agent', () => {
  const mapping = {
    vendor: 'v',
    delimiter: ';',
    encoding: 'windows-1252',
    warehouses: [{ rows: [{ erpWarehouseId: '1', code: '1', name: 'Dépôt', lastSyncedAt: '2026-01-01T00:00:00Z' }] }],
    items: [{ file: 'articles.csv', fields: { sku: 'CODART', name: 'LIB1', lastSyncedAt: 'DATMODIF' } }],
  };
  expect(sourceOfMapping(mapping, '/data', '/orders')).toEqual({
    kind: 'csv',
    folder: '/data',
    settleSeconds: 0,
    entities: {
      warehouses: { rows: [{ erpWarehouseId: '1', code: '1', name: 'Dépôt' }] },
      items: { files: 'articles.csv', delimiter: ';', encoding: 'windows-1252', fields: { sku: 'CODART', name: 'LIB1' } },
    },
    orders: { folder: '/orders', file: { format: 'csv' } },
  });
});

it.each([
  ['A', 'A'],
  [{ constant: 7 }, { constant: 7 }],
  [
    { column: 'A', default: 'x', lookup: { '0': true } },
    { column: 'A', default: 'x', lookup: { '0': true } },
  ],
  [{ column: 'A', prefix: 'R-' }, { template: 'R-{A}' }],
  [
    { column: 'T', as: 'unixTime' as const },
    { column: 'T', time: { format: 'unix' } },
  ],
  [
    { column: 'P', as: 'decimalComma' as const },
    { column: 'P', number: { decimal: 'comma' } },
  ],
  [{ concat: ['A', { constant: ' – ' }, 'B'] }, { template: '{A} – {B}' }],
  [{ object: { a: { column: 'A', prefix: 'R' } } }, { object: { a: { template: 'R{A}' } } }],
])('turns the rule %j into %j', (rule, said) => expect(agentRule(rule)).toEqual(said));
