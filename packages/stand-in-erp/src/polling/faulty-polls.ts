import type { CallHeaders } from '@erp-sync-hub/agent-sdk/answer/check-trust';
import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import type { PollingOptions } from '../control';
import { firstFault } from '../decide-fault';
import type { PollCounters } from '../records';
import type { PollFault } from './polling-faults';

const DEFAULT_WAIT_S = 25;
/** What a poll may take beyond its wait. */
const ROOM_MS = 5_000;

export interface FaultyPollsParts {
  client: Pick<HubClient, 'poll'>;
  options: () => PollingOptions;
  counters: PollCounters;
  /** Hears that a plan has made something go wrong, and with which calls. */
  mishap: (kind: PollFault['kind'], callIds: readonly string[]) => void;
}

/** Polls of one agent, whichever of its machines makes them: some are cut while they wait, some with calls on them. */
export class FaultyPolls {
  /** The SDK hands the headers of a call on as they are, and nothing else that tells it from another. */
  private readonly fetched = new WeakMap<CallHeaders, PolledCall>();

  constructor(private readonly parts: FaultyPollsParts) {}

  async poll(signal: AbortSignal | undefined): Promise<readonly PolledCall[]> {
    const { client, options, counters, mishap } = this.parts;
    const { waitSeconds = DEFAULT_WAIT_S, max, faults } = options();
    counters.sent += 1;
    const fault = firstFault(faults?.polls ?? [], { call: 'poll', orderNumber: '', nth: counters.sent });
    const cut = fault?.kind === 'cut_waiting' ? AbortSignal.timeout(fault.afterMs) : undefined;
    let calls: readonly PolledCall[];
    try {
      const both = [cut, signal].filter((one) => one !== undefined);
      calls = await client.poll(
        { waitSeconds, ...(max === undefined ? {} : { max }) },
        { signal: AbortSignal.any(both), timeoutMs: ROOM_MS },
      );
    } catch (error) {
      if (cut?.aborted !== true || signal?.aborted === true) throw error;
      counters.cut += 1;
      mishap('cut_waiting', []);
      return [];
    }
    counters.answered += 1;
    counters.calls += calls.length;
    if (fault?.kind === 'cut_fetched' && calls.length > 0) {
      counters.lost += calls.length;
      mishap(
        'cut_fetched',
        calls.map(({ callId }) => callId),
      );
      return [];
    }
    for (const call of calls) this.fetched.set(call.headers, call);
    return calls;
  }

  /** The call that came with these headers. */
  callOf(headers: CallHeaders): PolledCall {
    const call = this.fetched.get(headers);
    if (call === undefined) throw new Error('a call that was not fetched');
    return call;
  }
}
