import type { FaultDraws } from './draw-faults';

/** The fault of a connection, as `fetch` gives it. */
function lost(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('the simulated line broke'), { code }) });
}

/** A `fetch` over a line that loses batches of rows before they arrive, and replies of the hub after all was done. */
export function lossyFetch(faults: FaultDraws): typeof fetch {
  return async (input, init) => {
    const target = input instanceof Request ? input.url : input.toString();
    const isRows = target.includes('/api/sync/');
    if (isRows && faults.happens('lost-batch')) throw lost('ECONNREFUSED');
    const reply = await fetch(input, init);
    // Heartbeats are left alone: without the hub's time an agent does nothing at all.
    if (target.endsWith('/heartbeat') || target.endsWith('/register') || !faults.happens('lost-reply')) return reply;
    await reply.arrayBuffer();
    throw lost('ECONNRESET');
  };
}
