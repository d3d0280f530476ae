import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics, type Sample } from './read-metrics';

/** A part of `/health`. */
export interface HealthPart {
  status: string;
  message?: string;
  [fact: string]: unknown;
}

/** What was last seen of one process of the hub. Times are of `performance.now()`, when the question was asked. */
export interface Seen {
  process: string;
  role: string;
  /** Whether it answered `/health` at all. */
  answers: boolean;
  /** Whether the answer was 200. */
  well: boolean;
  parts: Readonly<Record<string, HealthPart>>;
  healthAt: number;
  /** Nothing where it does not answer. */
  metrics: readonly Sample[];
  metricsAt: number;
}

export interface WatchedProcess {
  name: string;
  role: string;
  baseUrl: string;
}

const HEALTH_EVERY_MS = 250;
const METRICS_EVERY_MS = 1_000;
/** The hub itself answers within 3 s. */
const ANSWER_LIMIT_MS = 5_000;

/** Asks every process of the hub for its health and its metrics, again and again, as a monitoring system does. */
export class ProcessWatch {
  private readonly stopping = new AbortController();
  private readonly sightings: Seen[];
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly processes: readonly WatchedProcess[],
    private readonly metricsToken: string,
  ) {
    this.sightings = processes.map(({ name: process, role }) => ({
      process,
      role,
      answers: false,
      well: false,
      parts: {},
      healthAt: -Infinity,
      metrics: [],
      metricsAt: -Infinity,
    }));
  }

  start(): void {
    this.loops = Promise.all(
      this.processes.flatMap((process, at) => {
        const seen = this.sightings[at] as Seen;
        return [
          this.again(HEALTH_EVERY_MS, () => this.askHealth(process, seen)),
          this.again(METRICS_EVERY_MS, () => this.askMetrics(process, seen)),
        ];
      }),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loops;
  }

  /** What is seen of all processes, once everything of it was asked for after `since`; until then undefined. */
  after(since: number): readonly Seen[] | undefined {
    return this.sightings.every(({ healthAt, metricsAt }) => healthAt > since && metricsAt > since) ? this.sightings : undefined;
  }

  private async again(everyMs: number, ask: () => Promise<void>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await ask();
      await sleep(everyMs);
    }
  }

  private async askHealth({ baseUrl }: WatchedProcess, seen: Seen): Promise<void> {
    const at = performance.now();
    const reply = await this.get(`${baseUrl}/health`);
    const body = reply?.body === undefined ? {} : (JSON.parse(reply.body) as { details?: Record<string, HealthPart> });
    Object.assign(seen, { healthAt: at, answers: reply !== undefined, well: reply?.status === 200, parts: body.details ?? {} });
  }

  private async askMetrics({ baseUrl }: WatchedProcess, seen: Seen): Promise<void> {
    const at = performance.now();
    const reply = await this.get(`${baseUrl}/metrics`, { authorization: `Bearer ${this.metricsToken}` });
    Object.assign(seen, { metricsAt: at, metrics: reply?.status === 200 ? readMetrics(reply.body) : [] });
  }

  /** Undefined when there is no answer: that is what is watched for. */
  private async get(url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string } | undefined> {
    try {
      const reply = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
      return { status: reply.status, body: await reply.text() };
    } catch {
      return undefined;
    }
  }
}
