import { setMaxListeners } from 'node:events';
import { pushRows } from '../push/push-rows';
import { Absence } from './absence';
import { HubClient } from './hub-client';
import type { HubFailure } from './hub-error';
import { pause } from './pause';

const [AGENTS, AWAY_MS] = [200, 45_000];
const ROW = { sku: 'A-1', name: 'Crème brûlée', contentHash: 'h', lastSyncedAt: '2026-01-31T08:30:00Z' };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** The same draws in every run (a linear congruence is random enough here). */
function drawsOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Sends a row again and again, a second after it has failed, until the signal is aborted; tells when it asks the hub. */
async function pushUntil(signal: AbortSignal, random: () => number, onAsked: () => void): Promise<void> {
  const refuse = () => {
    onAsked();
    return Promise.reject(new TypeError('fetch failed'));
  };
  const client = new HubClient({ baseUrl: 'http://hub', credentials: () => ({ vendorId: 'v', token: 't' }), fetch: refuse, random });
  await pause(random() * 1_000);
  while (!signal.aborted) {
    await pushRows(client, 'items', [ROW], { size: 'incremental', signal, random }).catch(() => undefined);
    await pause(1_000);
  }
}

it('brings agents back spread over their pauses, however often they began to push anew while the hub was away', async () => {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const began = performance.now();
  const firstAsked = Array.from({ length: AGENTS }, (): number | undefined => undefined);
  const running = firstAsked.map((_, agent) =>
    pushUntil(ending.signal, drawsOf(agent + 1), () => {
      const at = performance.now() - began - AWAY_MS;
      if (at >= 0) firstAsked[agent] ??= at;
    }),
  );
  await jest.advanceTimersByTimeAsync(AWAY_MS + 31_000);
  const bySecond = Array.from({ length: 31 }, (_, s) => firstAsked.filter((at) => at !== undefined && Math.floor(at / 1_000) === s).length);
  // Everyone within the longest pause, and no second with more than a little over what an even return would have.
  expect(bySecond.reduce((sum, came) => sum + came, 0)).toBe(AGENTS);
  expect(Math.max(...bySecond)).toBeLessThan(AGENTS / 8);
  ending.abort();
  await jest.advanceTimersByTimeAsync(1_000);
  await Promise.all(running);
});

it('lasts from the first request that found no hub to the next that was answered', () => {
  const lost: HubFailure = { kind: 'unreachable', reason: 'x', mayBeDone: false };
  const others: HubFailure[] = [
    { kind: 'timeout', timeoutMs: 1 },
    { kind: 'unavailable', status: 503, code: undefined, retryAfterMs: undefined },
    { kind: 'bad_reply', status: 200, problem: 'x' },
  ];
  const answers: (HubFailure | 'answered')[] = [
    'answered',
    { kind: 'rate_limited', status: 429, retryAfterMs: undefined },
    { kind: 'refused', status: 400, code: 'invalid_request', detail: '', errors: [] },
  ];
  const absence = new Absence();
  expect(absence.ms).toBe(0);
  for (const answer of answers) {
    absence.note(lost);
    jest.advanceTimersByTime(10_000);
    others.forEach((failure) => absence.note(failure));
    jest.advanceTimersByTime(5_000);
    expect(absence.ms).toBe(15_000);
    absence.note(answer);
    expect(absence.ms).toBe(0);
  }
});

it('does not begin with a reply that is none of the hub', () => {
  const absence = new Absence();
  absence.note({ kind: 'bad_reply', status: 200, problem: 'x' });
  jest.advanceTimersByTime(1_000);
  expect(absence.ms).toBe(0);
});
