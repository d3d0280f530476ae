import * as fc from 'fast-check';
import { nextStep } from './spend-attempt';

const BACKOFF = { baseMs: 100, maxMs: 1_000 };
const next = (spent: number, allowed: number, counts = true, random = 1) => nextStep({ spent, allowed }, counts, BACKOFF, () => random);

describe('a job whose try ended badly', () => {
  it('is tried as often as is allowed, and not once more', () => {
    const steps = [1, 2, 3, 4, 5, 6].map((spent) => next(spent, 5));
    expect(steps.map(({ step }) => step)).toEqual(['retry', 'retry', 'retry', 'retry', 'dead_letter', 'dead_letter']);
    expect(steps[4]).toEqual({ step: 'dead_letter', code: 'attempts_exhausted' });
  });

  it('is a dead letter after the only try that it is allowed', () => expect(next(1, 1)).toMatchObject({ step: 'dead_letter' }));

  it('waits longer after each try that counts', () =>
    expect([1, 2, 3, 4, 5].map((spent) => next(spent, 9))).toEqual(
      [100, 200, 400, 800, 1_000].map((delayMs) => ({ step: 'retry', delayMs })),
    ));

  it('waits as after the first try when none has counted yet', () => expect(next(0, 5)).toEqual({ step: 'retry', delayMs: 100 }));

  it('goes on at once after what does not count', () => expect(next(3, 5, false)).toEqual({ step: 'retry', delayMs: 0 }));

  it('never has more tries than are allowed, whatever the chance', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), fc.boolean(), fc.double({ min: 0, max: 0.999, noNaN: true }), (...given) => {
        const [spent, allowed, counts, random] = given;
        expect(next(spent, allowed, counts, random).step).toBe(spent >= allowed ? 'dead_letter' : 'retry');
      }),
    );
  });
});
