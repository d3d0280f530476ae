import { createHash } from 'node:crypto';
import { canonicalJson, contentHashOf } from './content-hash';

describe('contentHashOf', () => {
  const row = { sku: 'A-1', name: 'Crème brûlée 6×90 g', contentHash: 'x', lastSyncedAt: '2025-01-01T00:00:00.000Z' };

  it('is the first half of SHA-256 over the canonical JSON of what is content', () => {
    const text = '{"name":"Crème brûlée 6×90 g","sku":"A-1"}';
    expect(contentHashOf(row)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32));
  });

  it('does not see the time, the hash or the order of keys', () => {
    const { sku, name } = row;
    expect(contentHashOf({ lastSyncedAt: '2026-02-02T00:00:00.000Z', name, sku })).toBe(contentHashOf(row));
  });

  it.each([
    { name: 'Creme brulee' },
    { sku: 'a-1' },
    { sku: 'A-1 ' },
    { name: row.name.normalize('NFD') },
    { attributes: { lastSyncedAt: 1 } },
  ])('sees the change to %p', (change) => {
    expect(contentHashOf({ ...row, ...change })).not.toBe(contentHashOf(row));
  });
});

describe('canonicalJson', () => {
  it('sorts the keys of nested objects and keeps the order of arrays', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: undefined }], a: { z: true, y: 1.5 } })).toBe(
      '{"a":{"y":1.5,"z":true},"b":[2,1,{"d":null}]}',
    );
  });

  it.each(['a"b', 'back\\slash', 'line\nbreak', '\u007f', '\u2028', 'lone \ud83d', '👨‍👩‍👧‍👦 拉麺', ''])(
    'writes %p as JSON.stringify does',
    (text) => {
      expect(canonicalJson(text)).toBe(JSON.stringify(text));
      expect(canonicalJson({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
    },
  );
});
