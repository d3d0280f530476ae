/** Certainly nothing was done, and nothing can be now: 503 (or 429) with `Retry-After`. The hub waits, and spends no try. */
export class RetryLater extends Error {
  /**
   * @param seconds 0 to 3,600
   * @param status 429 says that there were too many calls
   */
  constructor(
    readonly seconds: number,
    message = 'cannot be done now',
    { status = 503, ...options }: ErrorOptions & { status?: 429 | 503 } = {},
  ) {
    super(message, options);
    this.name = 'RetryLater';
    this.status = status;
  }

  readonly status: 429 | 503;
}

/** Certainly not done, and never will be as it is: no such customer. A person gets to see the message. */
export class RefuseOrder extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefuseOrder';
  }
}

/** The deadline of a call is over, and nothing of it was started: 503. */
export class TooLate extends Error {
  constructor() {
    super('too late to start');
    this.name = 'TooLate';
  }
}
