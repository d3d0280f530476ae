import { setTimeout as sleep } from 'node:timers/promises';

/** A reply of the hub. */
export interface Answered {
  status: number;
  body: unknown;
  /** How often it was asked until it answered. */
  asked: number;
}

const TRY_LIMIT_MS = 4_000;
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 800;

interface Question {
  body?: unknown;
  headers?: Record<string, string>;
  /** How long until it gives up. */
  limitMs?: number;
  /** How long it waits for one answer. */
  tryLimitMs?: number;
}

/** A client as the contract wants it: it asks until it is answered, each time the next of the hub's addresses. */
export class HubClient {
  private turn = 0;

  constructor(
    private readonly baseUrls: readonly string[],
    private readonly apiKey: string,
  ) {}

  /**
   * Gives the first reply below 500 that is not a refusal for now.
   * @throws Error when there is none within `limitMs`
   */
  async ask(
    method: 'GET' | 'POST',
    path: string,
    { body, headers = {}, limitMs = 180_000, tryLimitMs = TRY_LIMIT_MS }: Question = {},
  ): Promise<Answered> {
    const end = performance.now() + limitMs;
    let last = 'nothing';
    for (let asked = 1; performance.now() < end; asked += 1) {
      try {
        const reply = await this.once(method, path, { body, headers, tryLimitMs });
        if (reply.status < 500 && reply.status !== 429) return { ...reply, asked };
        last = `${reply.status} ${JSON.stringify(reply.body)}`;
      } catch (error) {
        // A hub that was killed, hangs or starts: what it did of this, the next one will tell.
        last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      }
      await sleep(Math.min(PAUSE_MS * asked, LONGEST_PAUSE_MS));
    }
    throw new Error(`${method} ${path} was not answered within ${limitMs} ms; the last answer: ${last}`);
  }

  private async once(method: string, path: string, { body, headers, tryLimitMs }: Question): Promise<Omit<Answered, 'asked'>> {
    this.turn += 1;
    const reply = await fetch(`${this.baseUrls[this.turn % this.baseUrls.length]}${path}`, {
      method,
      headers: { 'x-api-key': this.apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(tryLimitMs ?? TRY_LIMIT_MS),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
