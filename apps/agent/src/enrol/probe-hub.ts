import type { Explained } from '../doctor/explain-hub-error';
import { adviseOnNetwork } from '../doctor/explain-network-fault';

const LIMIT_MS = 10_000;

/** Whether a hub answers at this address: what is wrong and what to do about it, or undefined. */
export async function probeHub(url: string): Promise<Explained | undefined> {
  if (!/^https?:\/\//.test(url)) {
    return { detail: `"${url}" is no address.`, todo: 'It begins with https:// and has no path, unless the operator gave you one.' };
  }
  const asked = await ask(`${url.replace(/\/+$/, '')}/health/live`);
  if ('reason' in asked) {
    return { detail: `${url} cannot be reached (${asked.reason}).`, todo: adviseOnNetwork(asked.reason) };
  }
  if (asked.isHub) return undefined;
  return {
    detail: `Something answers at ${url}, but it is not a hub (status ${asked.status}).`,
    todo: 'Check the address: ask the operator for the one that agents use.',
  };
}

async function ask(url: string): Promise<{ reason: string } | { isHub: boolean; status: number }> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), redirect: 'manual' });
    const text = await reply.text();
    return { isHub: reply.ok && looksLikeHealth(text), status: reply.status };
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause?.code;
    return { reason: typeof cause === 'string' ? cause : (error as Error).name === 'TimeoutError' ? 'no answer in time' : 'no connection' };
  }
}

function looksLikeHealth(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { status?: unknown } | null)?.status === 'string';
  } catch {
    // A page of a web site is no JSON.
    return false;
  }
}
