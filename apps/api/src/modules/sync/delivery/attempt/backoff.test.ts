import * as fc from 'fast-check';
import { backoffMs } from './backoff';

const POLICY = { baseMs: 60_000, maxMs: 3_600_000 };
/** What `random` gives: 0 inclusive to 1 exclusive. */
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait after failed tries', () => {
  it('doubles its ceiling with each try, up to the longest', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 100, 10_000].map((spent) => backoffMs(spent, POLICY, () => 1));
    expect(ceilings).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600, 3_600].map((seconds) => seconds * 1_000));
  });

  it('is anything from nothing up to its ceiling, in whole milliseconds, whatever the policy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(1e9), fc.nat(1e9), chance, (spent, baseMs, maxMs, random) => {
        const wait = backoffMs(spent, { baseMs, maxMs }, () => random);
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(maxMs, baseMs * 2 ** Math.min(spent - 1, 60)));
      }),
    );
  });

  it('has full jitter: the chance decides the whole wait, not a part of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), chance, (spent, random) => {
        const ceiling = backoffMs(spent, POLICY, () => 1);
        expect(backoffMs(spent, POLICY, () => random)).toBe(Math.floor(random * ceiling));
      }),
    );
    expect(backoffMs(5, POLICY, () => 0)).toBe(0);
  });

  it('draws once', () => {
    const random = jest.fn(() => 0.5);
    backoffMs(3, POLICY, random);
    expect(random).toHaveBeenCalledTimes(1);
  });
});
