import { count, duration, plural, rate, size } from './numbers';

it('writes numbers as people read them', () => {
  expect(count(30_000)).toBe('30,000');
  expect([0, 421, 12_340, 59_960, 125_400].map(duration)).toEqual(['0.00 s', '0.42 s', '12.3 s', '1 min 0 s', '2 min 5 s']);
  expect([size(900), size(5_722_954)]).toEqual(['1 kB', '5.7 MB']);
  expect([plural(1, 'row'), plural(9, 'row'), plural(0, 'reply', 'replies')]).toEqual(['1 row', '9 rows', '0 replies']);
});

it('claims no more digits of a rate than mean something, and survives an instant', () => {
  expect(rate(30_000, 2_113)).toBe('14,200');
  expect(rate(9, 100)).toBe('90');
  expect(rate(9, 0)).toBe('0');
  expect(rate(1, 10_000)).toBe('1');
});
