import { compareOrders, compareRows } from './compare';

const stored = (orderNumber: string, status: string, erpReference: string | null = null) => ({
  id: `id-${orderNumber}`,
  orderNumber,
  erp: { status, erpReference, error: null },
});
const held = (orderNumber: string, erpReference: string) => ({
  jobId: 'j',
  orderId: `id-${orderNumber}`,
  orderNumber,
  erpReference,
  lines: 1,
});

it('finds rows that one side lacks, and those whose content differs', () => {
  const ours = new Map([
    ['A', '1'],
    ['B', '2'],
    ['C', '3'],
  ]);
  expect(compareRows('items', ours, ours)).toEqual([]);
  expect(
    compareRows(
      'items',
      ours,
      new Map([
        ['B', '2'],
        ['C', 'x'],
        ['D', '4'],
      ]),
    ),
  ).toEqual(
    ['items A: in the ERP, not in the hub', 'items C: another content in the hub', 'items D: in the hub, not in the ERP'].map((text) => ({
      kind: 'row',
      text,
    })),
  );
});

it.each([
  ['equal', ['1'], [stored('1', 'confirmed', 'E-1')], [held('1', 'E-1')], []],
  ['twice in the ERP', ['1'], [stored('1', 'confirmed', 'E-1')], [held('1', 'E-1'), held('1', 'E-2')], [['doubled', '2 times in the ERP']]],
  ['lost by the hub', ['1'], [], [], [['lost', 'placed, not in the hub']]],
  ['not yet done', ['1'], [stored('1', 'syncing')], [], [['lost', 'syncing in the hub, 0 in the ERP']]],
  ['done and not confirmed', ['1'], [stored('1', 'syncing')], [held('1', 'E-1')], [['order', 'syncing in the hub, 1 in the ERP']]],
  ['confirmed and not there', [], [stored('1', 'confirmed', 'E-1')], [], [['lost', 'confirmed in the hub, not in the ERP']]],
  ['another reference', [], [stored('1', 'confirmed', 'E-9')], [held('1', 'E-1')], [['order', 'the hub has another reference']]],
  ['nobody ordered it', [], [], [held('1', 'E-1')], [['order', 'in the ERP, not in the hub']]],
])('judges orders: %s', (_what, placed, theirs, inErp, problems) =>
  expect(compareOrders(placed, theirs, inErp)).toEqual(problems.map(([kind, what]) => ({ kind, text: `order 1: ${what}` }))),
);
