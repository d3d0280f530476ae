import { NoAnswerError } from '../../platform/timing/within';

/** What a check tells besides that all is well. */
export type Facts = Record<string, unknown>;

/** How a part was found. */
export interface Sighting {
  up: boolean;
  /** Since when it is so, as far as this process has looked. */
  since: Date;
  facts: Facts;
  /** Why it is down; without addresses and credentials. */
  cause: string | null;
}

/** Looks at one part of the installation and remembers since when it is as it is. Whoever asks while it looks shares that look. */
export class Probe {
  private last: Sighting | undefined;
  private underWay: Promise<Sighting> | undefined;

  /** `look` must end by itself, well or not; `changed` is told when the part goes down, and when it comes back. */
  constructor(
    private readonly look: () => Promise<Facts>,
    private readonly changed: (sighting: Sighting, before: Sighting | undefined) => void = () => undefined,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Never rejects: a look that fails is a part that is down. */
  ask(): Promise<Sighting> {
    this.underWay ??= this.lookOnce().finally(() => {
      this.underWay = undefined;
    });
    return this.underWay;
  }

  private async lookOnce(): Promise<Sighting> {
    // What does not answer was away already when it was asked.
    const asked = this.now();
    const found = await this.look().then(
      (facts) => ({ up: true, facts, cause: null }),
      (error: unknown) => ({ up: false, facts: {}, cause: causeOf(error) }),
    );
    const before = this.last;
    const since = before?.up === found.up ? before.since : asked;
    this.last = { ...found, since };
    if (before === undefined ? !found.up : before.up !== found.up) this.changed(this.last, before);
    return this.last;
  }
}

/** The message of ioredis for a command whose time is up. */
const TIMED_OUT = 'Command timed out';

function causeOf(error: unknown): string {
  if (error instanceof NoAnswerError) return error.message;
  if (error instanceof Error && error.message === TIMED_OUT) return 'no answer in time';
  return error instanceof Error && 'code' in error ? String(error.code) : 'not reachable';
}
