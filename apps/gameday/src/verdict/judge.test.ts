import type { IncidentRecord } from '../timeline/incident-record';
import { judge, type NamedReport, type OwnFindings } from './judge';

const report: NamedReport = {
  name: 'pull',
  equal: true,
  ordersPlaced: 5,
  ordersInErps: 5,
  ordersLost: 0,
  ordersDoubled: 0,
  ordersDiffering: 0,
  rows: 10,
  rowsDiffering: 0,
  changes: 1,
  rowsSent: 11,
  settleSeconds: 1,
  differing: [],
};
const nothing: OwnFindings = { lost: [], doubled: [], differing: [], others: [] };
const seen: IncidentRecord = { name: 'spike', title: 'a spike', promises: ['well'], begunAt: 1, marks: { well: 2 }, missed: [] };

it('is content when nobody has found anything', () => {
  expect(judge([seen], [report], nothing)).toEqual({ lost: 0, doubled: 0, differing: 0, faults: [] });
});

it('adds up what both sides found', () => {
  const differing = [{ vendorId: 'v1', count: 4, examples: ['order 7: placed, not in the hub', 'items A: another content in the hub'] }];
  const bad = { ...report, equal: false, ordersLost: 1, ordersDoubled: 1, rowsDiffering: 2, differing };
  const own = { lost: ['order gd-1 is lost'], doubled: [], differing: ['files: A-3'], others: ['1 dead letter is open'] };
  expect(judge([seen], [report, bad], own)).toEqual({
    lost: 2,
    doubled: 1,
    differing: 3,
    faults: [
      'pull: v1: order 7: placed, not in the hub',
      'pull: v1: items A: another content in the hub',
      'pull: v1: and 2 more',
      'order gd-1 is lost',
      'files: A-3',
      '1 dead letter is open',
    ],
  });
});

it.each([
  ['an incident that was never well again', [{ ...seen, marks: {} }], [report], 'spike: "well" was never seen'],
  ['a simulator that is not equal and names nothing', [seen], [{ ...report, equal: false }], 'pull: not equal, and it does not say why'],
])('is not content with %s', (_what, records, reports, fault) => expect(judge(records, reports, nothing).faults).toEqual([fault]));
