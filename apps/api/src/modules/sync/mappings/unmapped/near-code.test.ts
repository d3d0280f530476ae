import fc from 'fast-check';
import { foldCode, nearness } from './near-code';

describe('foldCode', () => {
  it('leaves out what people write differently', () => {
    expect(foldCode(' Bôîte-6 ')).toBe('boite6');
    expect(foldCode('BOITE_6')).toBe('boite6');
    expect(foldCode('--')).toBe('');
  });
});

describe('nearness', () => {
  it.each([
    ['ctn', 'ctn1', 1],
    ['box', 'bx', 1],
    ['kgs', 'kg', 1],
    ['carton', 'crton', 1],
    ['bouteille', 'boutiele', 2],
  ])('takes %s and %s for %i edits apart', (left, right, distance) => {
    expect(nearness(left, right)).toBe(distance);
    expect(nearness(right, left)).toBe(distance);
  });

  it.each([
    ['bx', 'kg', 'nothing in common'],
    ['k', 'l', 'too short to tell a slip from another code'],
    ['ctn', 'crt', 'two edits in three characters'],
    ['tva20', 'tva10', 'digits that differ'],
    ['t1', 't10', 'digits that differ'],
    ['palette', 'pal', 'far shorter'],
  ])('does not take %s for %s: %s', (left, right) => {
    expect(nearness(left, right)).toBeUndefined();
  });

  it('counts edits as whoever fills in the whole table, in whatever place they are', () => {
    const code = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(code, code, (left, right) => {
        const longer = Math.max(left.length, right.length);
        const most = longer < 3 ? 0 : longer < 6 ? 1 : 2;
        const edits = editsBetween(left, right);
        expect(nearness(left, right)).toBe(edits <= most ? edits : undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Levenshtein's distance, the plain way. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
