import { faultOfFirst, faultOfRepeat } from './check-push';
import type { PreparedRows } from './prepare-rows';

const prepared = (...keys: (string | null)[]): PreparedRows => ({
  entity: 'items',
  rows: keys.length,
  batches: [{ keys, hashes: keys.map(() => 'h'), body: new Uint8Array() }],
  jsonBytes: 0,
  bodyBytes: 0,
  repeated: new Set(keys.filter((key, place): key is string => key !== null && keys.indexOf(key) !== place)),
  samples: [],
});

describe('the first push', () => {
  it('creates every flawless row', () => {
    expect(faultOfFirst(prepared('A', 'B'), [['created', 'created']], true)).toBeUndefined();
    expect(faultOfFirst(prepared('A', 'B'), [['created', 'invalid']], true)).toBe('items row "B" was invalid instead of created');
    expect(faultOfFirst(prepared('A', 'B'), [['created']], true)).toContain('"B"');
  });

  it('may refuse rows of a file for what they are, and let rows of one key meet', () => {
    expect(faultOfFirst(prepared('A', null, 'A', 'C'), [['superseded', 'invalid', 'created', 'unmapped_unit']], false)).toBeUndefined();
  });

  it('may neither find a row that was never sent nor leave one without a verdict', () => {
    expect(faultOfFirst(prepared('A'), [['unchanged']], false)).toContain('although nothing of it was there');
    expect(faultOfFirst(prepared('A'), [['stale']], false)).toContain('"A"');
    expect(faultOfFirst(prepared('A'), [[]], false)).toContain('"A"');
  });
});

describe('the second push', () => {
  it('leaves unchanged what was written, and refuses what was refused for the same reason', () => {
    expect(faultOfRepeat(prepared('A', 'B'), [['created', 'invalid']], [['unchanged', 'invalid']])).toBeUndefined();
    expect(faultOfRepeat(prepared('A'), [['created']], [['updated']])).toBe('items row "A" was updated the second time, created the first');
    expect(faultOfRepeat(prepared('A'), [['invalid']], [['unchanged']])).toContain('unchanged the second time');
    expect(faultOfRepeat(prepared('A'), [['created']], [[]])).toContain('no verdict');
  });

  it('lets only rows of one key take turns', () => {
    expect(faultOfRepeat(prepared('A', 'A'), [['superseded', 'created']], [['superseded', 'unchanged']])).toBeUndefined();
    expect(faultOfRepeat(prepared('A', 'A'), [['created', 'updated']], [['updated', 'updated']])).toBeUndefined();
    expect(faultOfRepeat(prepared('A', 'A'), [['created', 'updated']], [['updated', 'invalid']])).toContain('invalid');
  });
});
