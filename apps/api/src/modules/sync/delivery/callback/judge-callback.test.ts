import type { JobStatus } from '@repo/shared/database/schema/sync-jobs';
import { countsAsFailure, isOpen } from './judge-callback';

const STATES: JobStatus[] = ['pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled'];
/** Sent in its third try; what came of that is known unless said otherwise. */
const job = (status: JobStatus, mustAsk = false) => ({ status, sentAttempt: 3, mustAsk });
const statesThatCount = (attempt: number | undefined, mustAsk: boolean) =>
  STATES.filter((status) => countsAsFailure(job(status, mustAsk), attempt));

describe('"failed" counts', () => {
  it('without an attempt while the agent is at work', () => {
    for (const mustAsk of [false, true]) expect(statesThatCount(undefined, mustAsk)).toEqual(['processing', 'awaiting_callback']);
  });

  it('for the last call, while the agent is at work', () => expect(statesThatCount(3, false)).toEqual(['processing', 'awaiting_callback']));

  it('for the last call whose outcome is not known, until the agent is asked', () =>
    expect(statesThatCount(3, true)).toEqual(['pending', 'queued', 'processing', 'awaiting_callback']));

  it.each([1, 2, 4, 2_147_483_647])('never for another call (%i)', (attempt) => {
    for (const mustAsk of [false, true]) expect(statesThatCount(attempt, mustAsk)).toEqual([]);
  });
});

it('a job is open until it is completed, failed or cancelled', () =>
  expect(STATES.filter(isOpen)).toEqual(['pending', 'queued', 'processing', 'awaiting_callback']));
