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
  cancelled: false,
});
const cancelled = (orderNumber: string, erpReference: string) => ({ ...held(orderNumber, erpReference), cancelled: true });

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
  ['cancelled by somebody else', [], [stored('1', 'cancelled', 'E-1')], [cancelled('1', 'E-1')], []],
  [
    'cancelled on one side',
    [],
    [stored('1', 'confirmed', 'E-1')],
    [cancelled('1', 'E-1')],
    [['order', 'confirmed in the hub, cancelled in the ERP']],
  ],
])('judges orders: %s', (_what, placed, theirs, inErp, problems) =>
  expect(compareOrders({ placed, cancelled: new Set() }, theirs, inErp)).toEqual(
    problems.map(([kind, what]) => ({ kind, text: `order 1: ${what}` })),
  ),
);

it.each([
  ['before it was sent', [stored('1', 'cancelled')], [], []],
  ['on both sides', [stored('1', 'cancelled', 'E-1')], [cancelled('1', 'E-1')], []],
  ['not in the ERP', [stored('1', 'cancelled', 'E-1')], [held('1', 'E-1')], ['cancelled in the hub, not in the ERP']],
  [
    'and that was lost',
    [stored('1', 'confirmed', 'E-1')],
    [held('1', 'E-1')],
    ['cancelled by a client, confirmed in the hub, 1 in the ERP'],
  ],
])('judges orders that were cancelled: %s', (_what, theirs, inErp, problems) =>
  expect(compareOrders({ placed: ['1'], cancelled: new Set(['1']) }, theirs, inErp)).toEqual(
    problems.map((what) => ({ kind: 'order', text: `order 1: ${what}` })),
  ),
);
