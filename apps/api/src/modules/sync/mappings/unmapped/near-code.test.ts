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
});
