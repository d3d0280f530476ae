import { readRetryAfter } from './retry-after';

const NOW = new Date('2026-01-31T08:30:00.500Z');

it.each<[string | string[] | undefined, number | undefined]>([
  ['0', 1],
  ['120', 120],
  [' 7 ', 7],
  ['3600', 3600],
  ['3601', 3600],
  ['9'.repeat(400), 3600],
  ['Sat, 31 Jan 2026 08:31:00 GMT', 60],
  ['Sat, 31 Jan 2026 08:29:00 GMT', 1],
  ['Sun, 01 Feb 2026 08:30:00 GMT', 3600],
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
  ['2026-01-31T08:31:00Z', undefined],
  ['Sat, 99 Jan 2026 08:31:00 GMT', undefined],
  [['1', '2'], undefined],
])('Retry-After %j is %p seconds', (value, seconds) => expect(readRetryAfter(value, NOW)).toBe(seconds));
