import vectors from '../../vectors/digest-vectors.json';
import { DigestCall, DigestReply, KeysCall, KeysReply, MOST_CALLED_KEYS, RowsCall, RowsReply } from './reconciliation-calls';

const passes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) => schema.safeParse(value).success;

it('the nodes of the vectors are a reply to digest', () => {
  const root = { '': `${vectors.root.count}.${vectors.root.digest}` };
  for (const nodes of [root, vectors.depth1, vectors.depth2, {}]) expect(DigestReply.parse({ nodes })).toEqual({ nodes });
});

it.each([
  [{ nodes: { A3: '1.0000000000000000' } }],
  [{ nodes: { a3: '0.0000000000000000' } }],
  [{ nodes: { a3: '1.000000000000000' } }],
  [{ nodes: { a3: '1.000000000000000G' } }],
  [{ nodes: { a3: 1 } }],
  [{}],
])('%j is none', (reply) => expect(passes(DigestReply, reply)).toBe(false));

it('a digest call looks 0 to 4 digits below at least one prefix', () => {
  const call = { entity: 'items', depth: 2, prefixes: ['', 'a3', '0'.repeat(64)] };
  expect(DigestCall.parse({ ...call, since: 'x' })).toEqual(call);
  for (const wrong of [{ depth: 5 }, { depth: -1 }, { depth: 1.5 }, { prefixes: [] }, { prefixes: ['A'] }, { entity: 'orders' }]) {
    expect(passes(DigestCall, { ...call, ...wrong })).toBe(false);
  }
  expect(passes(DigestCall, { ...call, prefixes: ['0'.repeat(65)] })).toBe(false);
});

it('keys and rows are asked for and told as the protocol says', () => {
  expect(KeysCall.parse({ entity: 'stock', prefixes: ['a3'] })).toEqual({ entity: 'stock', prefixes: ['a3'] });
  const keys = { rows: { 'W1\u001fA-1': '567ec630a3593dc0', '': '84f409d68bfb3f81' } };
  expect(KeysReply.parse(keys)).toEqual(keys);
  expect(passes(KeysReply, { rows: { 'A-1': '567EC630A3593DC0' } })).toBe(false);
  const most = Array.from({ length: MOST_CALLED_KEYS }, (_, n) => `A-${n}`);
  expect(passes(RowsCall, { entity: 'items', keys: most })).toBe(true);
  expect(passes(RowsCall, { entity: 'items', keys: [...most, 'B'] })).toBe(false);
  const rows = { rows: [{ sku: 'A-1', anything: [1] }], missing: ['A-2'] };
  expect(RowsReply.parse(rows)).toEqual(rows);
});
