import type { SourceRecord } from '../connectors/connector';
import { planPart } from './plan-part';

const row = (sku: string, name = sku): SourceRecord => ({ kind: 'row', row: { sku, name }, changedAt: undefined });
const plan = (records: SourceRecord[], known: [string, string][] = [], { judged = true, everything = false } = {}) =>
  planPart('items', records, () => new Map(known.map(([key, hash]) => [key, { hash, judged }])), everything);

it('sends the last of each key, at its place', () => {
  const { changed, replaced } = plan([row('a', '1'), row('b'), row('a', '2')]);
  expect(changed.map((each) => each.row)).toEqual([
    { sku: 'b', name: 'b' },
    { sku: 'a', name: '2' },
  ]);
  expect(replaced).toBe(1);
});

it('leaves out what the hub has as it is, and sends what changed', () => {
  const hash = plan([row('a')]).changed[0]?.hash ?? '';
  expect(plan([row('a'), row('b')], [['a', hash]])).toMatchObject({ unchanged: 1, changed: [{ key: 'b' }] });
  expect(plan([row('a', 'new')], [['a', hash]])).toMatchObject({ unchanged: 0, changed: [{ key: 'a' }], fresh: [{ key: 'a' }] });
  expect(plan([row('a')], [['a', hash]], { judged: false })).toMatchObject({ unchanged: 0, changed: [{ key: 'a' }], fresh: [] });
  expect(plan([row('a')], [['a', hash]], { everything: true })).toMatchObject({ unchanged: 0, changed: [{ key: 'a' }], fresh: [] });
});

it('names what is no row', () => {
  const { bad } = plan([
    { kind: 'bad', where: 'f.csv line 3', problem: 'a quote is not closed' },
    { kind: 'row', row: { name: 'x' }, changedAt: undefined },
  ]);
  expect(bad).toEqual([
    { where: 'f.csv line 3', key: undefined, problem: 'a quote is not closed' },
    { where: '{"name":"x"}', problem: 'the row has no key' },
  ]);
});
