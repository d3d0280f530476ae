/** A program cannot go on: the message is one line that says what happened and what to do. */
export class Failure extends Error {
  override name = 'Failure';

  constructor(message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, ' '), options);
  }
}

/** The user asked for the end. */
export class Interrupted extends Error {
  override name = 'Interrupted';

  constructor(
    cause: string,
    /** As shells count it: 128 and the signal's number. */
    readonly exitCode: number,
  ) {
    super(`interrupted by ${cause}`);
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
