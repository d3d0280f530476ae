import { driftFindings, rootsIn, type Roots } from './examine-drift';

const ROOT = { count: 2, digest: '0000000000000001' };
const roots: Roots = new Map([
  ['items', ROOT],
  ['stock', ROOT],
  ['warehouses', undefined],
]);

it('says of each entity whether the hub has what was read, and what to do where it has not', () => {
  const findings = [...driftFindings(roots, { items: 'in_sync', stock: 'drift' })];
  expect(findings.map(({ state, detail }) => [state, detail])).toEqual([
    ['good', 'the hub has the same 2 items as the source'],
    ['warning', 'the hub has not the same stock as the 2 that were last read here'],
    ['warning', 'not all warehouses have been read yet'],
  ]);
  expect(findings[1]?.todo).toContain('erp-agent status');
  expect(findings[2]?.todo).toContain('erp-agent push --full');
});

it('tells the hub only of what was read completely', () => expect(rootsIn(roots)).toEqual({ items: ROOT, stock: ROOT }));
