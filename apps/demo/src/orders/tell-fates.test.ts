import type { CallRecord, LedgerEntry } from '@repo/stand-in-erp/records';
import { FATES, type Fate } from './fates';
import type { HubFacts } from './read-facts';
import { faultsOfFates, fatesTable, tellFates } from './tell-fates';

const fate = (name: string) => FATES.find((one) => one.name === name) as Fate;
const placed = [
  { id: 'o-1', vendorId: 'v', orderNumber: '1', fate: fate('done') },
  { id: 'o-2', vendorId: 'v', orderNumber: '2', fate: fate('cut') },
];
const call = (orderId: string, kind: CallRecord['call']) => ({ orderId, call: kind }) as CallRecord;
const calls = [call('o-1', 'create-order'), call('o-2', 'create-order'), call('o-2', 'order-status')];
const ledger = [{ orderId: 'o-1' }, { orderId: 'o-2' }] as LedgerEntry[];
const order = (id: string, erpStatus = 'confirmed') => ({ id, orderNumber: id, vendorId: 'v', erpStatus, erpReference: 'R' });
const jobs = [
  { orderId: 'o-1', attemptNo: 1 },
  { orderId: 'o-2', attemptNo: 2 },
] as HubFacts['jobs'];
const orders = [order('o-1'), order('o-2')];

it('adds up what both sides say, fate by fate', () => {
  const totals = tellFates(placed, calls, ledger, { orders, jobs });
  expect(faultsOfFates(totals)).toEqual([]);
  expect(fatesTable(totals)).toEqual([
    'what the ERP did                orders  told  asked  retries  in the ERP  confirmed',
    'did it at once                       1     1      ·        ·           1          1',
    'did it, and the reply was lost       1     1      1        1           1          1',
    'all                                  2     2      1        1           2          2',
  ]);
});

it('finds a fate that did not come about, and an order that is not through', () => {
  const totals = tellFates(placed, calls.slice(0, 2), ledger, { orders: [order('o-1'), order('o-2', 'syncing')], jobs });
  expect(faultsOfFates(totals)).toEqual([
    'the ERP did it, and the reply was lost: asked 0 times about 1 orders',
    'the ERP did it, and the reply was lost: 1 in it and 0 confirmed of 1',
  ]);
});
