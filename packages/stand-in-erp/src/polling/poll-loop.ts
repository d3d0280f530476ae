import { pollCalls, type PolledCall } from '@repo/contracts/operations/poll-operations';
import type { PollingOptions } from '../control';
import { firstFault } from '../decide-fault';
import type { HubLine } from '../hub-line';
import type { PollCounters } from '../records';
import { backoff, pause } from './pause';
import type { PollFault } from './polling-faults';

const DEFAULT_WAIT_S = 25;
/** What a poll may take beyond its wait. */
const ROOM_MS = 5_000;
const PAUSES = { firstMs: 50, longestMs: 1_000 };

export interface PollLoopParts {
  hub: HubLine;
  options: () => PollingOptions;
  /** Shared by all loops of an agent. */
  counters: PollCounters;
  /** Hears that a plan has made something go wrong, and with which calls. */
  mishap: (kind: PollFault['kind'], callIds: readonly string[]) => void;
  /** Works off a call; not waited for, so that one that hangs does not stop the others. */
  take: (call: PolledCall) => void;
}

/** Polls, one request at a time, until it is told to end. */
export async function pollUntil(signal: AbortSignal, parts: PollLoopParts): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const { calls, failed } = await poll(signal, parts);
    calls.forEach(parts.take);
    failures = failed ? failures + 1 : 0;
    if (failed) await pause(backoff(failures, PAUSES), signal);
  }
}

const CUT = { calls: [], failed: false };
const FAILED = { calls: [], failed: true };

async function poll(
  signal: AbortSignal,
  { hub, options, counters, mishap }: PollLoopParts,
): Promise<{ calls: readonly PolledCall[]; failed: boolean }> {
  const { waitSeconds = DEFAULT_WAIT_S, max, faults } = options();
  counters.sent += 1;
  const fault = firstFault(faults?.polls ?? [], { call: 'poll', orderNumber: '', nth: counters.sent });
  const cut = fault?.kind === 'cut_waiting' ? AbortSignal.timeout(fault.afterMs) : undefined;
  const began = performance.now();
  const reply = await hub.post('/api/agents/poll', max === undefined ? { waitSeconds } : { waitSeconds, max }, {
    timeoutMs: waitSeconds * 1_000 + ROOM_MS,
    signal: cut === undefined ? signal : AbortSignal.any([signal, cut]),
  });
  if (reply === null && cut?.aborted === true) {
    counters.cut += 1;
    mishap('cut_waiting', []);
    return CUT;
  }
  if (reply?.status !== 200) return FAILED;
  const { calls } = pollCalls.reply.parse(reply.body);
  counters.answered += 1;
  counters.calls += calls.length;
  if (fault?.kind === 'cut_fetched' && calls.length > 0) {
    counters.lost += calls.length;
    mishap(
      'cut_fetched',
      calls.map(({ callId }) => callId),
    );
    return CUT;
  }
  // Nothing before the wait is over: that hub is about to end, and not to be asked again in a spin.
  return { calls, failed: calls.length === 0 && performance.now() - began < (waitSeconds * 1_000) / 2 };
}
