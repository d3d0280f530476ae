import { SinkError } from './alert-sink';

const TIMEOUT_MS = 5_000;

/**
 * Posts a JSON text. Redirects are not followed: what is sent is for the configured address alone.
 * @throws SinkError for anything but 2xx in time
 */
export async function postJson(sink: string, url: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    // Not the error itself: it may hold the address, which is a secret.
    throw new SinkError(sink, error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'not reachable');
  }
  if (status < 200 || status > 299) throw new SinkError(sink, `it answered ${status}`);
}
