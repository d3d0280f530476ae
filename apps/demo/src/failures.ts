/** The demo cannot go on, or the hub did not keep a promise: the message is one line that says what happened and what to do. */
export class DemoFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, ' '), options);
    this.name = 'DemoFailure';
  }
}

/** The user asked for the end. */
export class Interrupted extends Error {
  constructor(
    cause: string,
    /** As shells count it: 128 and the signal's number. */
    readonly exitCode: number,
  ) {
    super(`interrupted by ${cause}`);
    this.name = 'Interrupted';
  }
}

/** Checks a promise of the hub's; the demo is worth nothing if it goes on without. */
export function expectThat(kept: boolean, promise: string, instead: unknown): asserts kept {
  if (kept) return;
  const seen = typeof instead === 'string' ? instead : JSON.stringify(instead);
  throw new DemoFailure(`Not as promised: ${promise}; instead: ${seen}`);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
