import fc from 'fast-check';
import type { HubFailure } from './hub-error';
import { backoffMs, DEFAULT_RETRY, nextPauseMs, type Repeatable } from './retry';
import { readRetryAfter } from './retry-after';

const pauseOf = (failure: HubFailure, failures = 1, repeatable: Repeatable = 'always', random = 1) =>
  nextPauseMs(failure, failures, repeatable, DEFAULT_RETRY, () => random);

const lost = (mayBeDone: boolean): HubFailure => ({ kind: 'unreachable', reason: 'x', mayBeDone });
const limited = (retryAfterMs?: number): HubFailure => ({ kind: 'rate_limited', status: 429, retryAfterMs });
const away = (retryAfterMs?: number): HubFailure => ({ kind: 'unavailable', status: 503, code: undefined, retryAfterMs });
const refused: HubFailure = { kind: 'refused', status: 400, code: 'invalid_request', detail: '', errors: [] };
const bad: HubFailure = { kind: 'bad_reply', status: 200, problem: 'x' };
const slow: HubFailure = { kind: 'timeout', timeoutMs: 1 };

it('repeats by the kind of the failure alone', () => {
  for (const failure of [lost(true), lost(false), limited(), away(), slow]) expect(pauseOf(failure)).toBeDefined();
  for (const failure of [refused, bad]) expect(pauseOf(failure)).toBeUndefined();
});

it('repeats what may not be done twice only when it certainly was not done', () => {
  for (const failure of [lost(false), limited()]) expect(pauseOf(failure, 1, 'if_not_done')).toBeDefined();
  for (const failure of [lost(true), away(), slow]) expect(pauseOf(failure, 1, 'if_not_done')).toBeUndefined();
  for (const failure of [lost(false), limited(), away(), slow]) expect(pauseOf(failure, 1, 'never')).toBeUndefined();
});

it('gives up after so many tries', () => {
  expect(pauseOf(slow, DEFAULT_RETRY.attempts - 1)).toBeDefined();
  expect(pauseOf(slow, DEFAULT_RETRY.attempts)).toBeUndefined();
});

it('waits as told and a little more, but hands a long wait to the caller', () => {
  expect(pauseOf(limited(7_000), 1, 'always', 0)).toBe(7_000);
  expect(pauseOf(away(7_000), 1, 'always', 0.5)).toBe(7_250);
  expect(pauseOf(away(DEFAULT_RETRY.longestRetryAfterMs + 1))).toBeUndefined();
});

it('spreads pauses over everything from nothing to the double of the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const most = Math.min(500 * 2 ** (failures - 1), 30_000);
      expect(backoffMs(failures, DEFAULT_RETRY, () => random)).toBeCloseTo(random * most);
    }),
  );
});

it('spreads pauses over as long as the hub was away already, whatever is asked anew, and never over more than the longest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.nat(200_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, awayMs, random) => {
        const most = Math.min(Math.max(500 * 2 ** (failures - 1), awayMs), 30_000);
        expect(backoffMs(failures, DEFAULT_RETRY, () => random, awayMs)).toBeCloseTo(random * most);
        expect(nextPauseMs(slow, 1, 'always', DEFAULT_RETRY, () => random, awayMs)).toBe(backoffMs(1, DEFAULT_RETRY, () => random, awayMs));
      },
    ),
  );
});

it.each<[string | null, number | undefined]>([
  ['0', 0],
  [' 7 ', 7_000],
  ['999999', 3_600_000],
  ['Tue, 24 Nov 2026 12:00:10 GMT', 10_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['', undefined],
  [null, undefined],
])('reads Retry-After %j', (value, expected) => expect(readRetryAfter(value, Date.UTC(2026, 10, 24, 12))).toBe(expected));
