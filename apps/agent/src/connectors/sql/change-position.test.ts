import { compareChanges, moveBack } from './change-position';

describe('the place up to which changes were read', () => {
  it.each([
    ['2026-01-31 08:30:00.123456+00', 'time', 60, '2026-01-31 08:29:00.123456+00'],
    ['2026-03-01T00:00:30Z', 'time', 60, '2026-02-28T23:59:30Z'],
    ['2026-01-31 08:30:00', 'time', 0.5, '2026-01-31 08:29:59'],
    ['2026-01-31 08:30:00.5', 'time', 0.75, '2026-01-31 08:29:59.7'],
    ['2026-01-31 08:30', 'time', 60, '2026-01-31 08:29'],
    ['2026-01-31', 'time', 60, '2026-01-30'],
    ['1970-01-01 00:00:00.25', 'time', 1, '1969-12-31 23:59:59.25'],
    ['1769848200', 'unixSeconds', 60, '1769848140'],
    ['1769848200000', 'unixMilliseconds', 60, '1769848140000'],
    ['184467440737095516150', 'counter', 100, '184467440737095516050'],
  ] as const)('%s (%s) is moved back by %d to %s, in the same form', (value, kind, overlap, moved) => {
    expect(moveBack(value, kind, overlap)).toBe(moved);
    expect(compareChanges(moved, value, kind)).toBe(-1);
  });

  it('is compared to the last digit', () => {
    expect(compareChanges('2026-01-31 08:30:00.5', '2026-01-31 08:30:00.500000', 'time')).toBe(0);
    expect(compareChanges('2026-01-31 08:30:00.000002', '2026-01-31 08:30:00.000001', 'time')).toBe(1);
    expect(compareChanges('99999999999999999999', '100000000000000000000', 'counter')).toBe(-1);
  });

  it('must be what the configuration says', () => {
    expect(() => moveBack('infinity', 'time', 60)).toThrow('holds "infinity", which is no time: correct changedAt.as or the query');
    expect(() => moveBack('2026-01-31', 'counter', 60)).toThrow('correct changedAt.as');
  });
});
