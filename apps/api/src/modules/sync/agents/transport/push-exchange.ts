import { errors, type Dispatcher } from 'undici';
import type { AmbiguousCode, CallResult, NotSentCode, ReplyBody } from './agent-transport';
import { ConnectFault } from './guarded-connector';
import { BodyReader, MOST_REPLY_BYTES } from './read-body';
import { readRetryAfter } from './retry-after';

/** undici's name for what it tells a handler with. */
type Controller = Dispatcher.DispatchController;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Why a call was cut before its reply. */
export type Cut = 'no_connection' | 'deadline' | 'shutdown';

const CUT_BEFORE = {
  no_connection: ['connect_timeout', 'no connection in time'],
  deadline: ['connect_timeout', 'no connection before the deadline'],
  shutdown: ['cut_at_shutdown', 'the hub shut down before the call was sent'],
} as const satisfies Record<Cut, [NotSentCode, string]>;
const CUT_AFTER = {
  no_connection: undefined,
  deadline: ['timeout', 'no complete reply before the deadline'],
  shutdown: ['cut_at_shutdown', 'the hub shut down while the agent had the call'],
} as const satisfies Record<Cut, [AmbiguousCode, string] | undefined>;

/**
 * One call as undici carries it out. The line between "not sent" and "may have arrived" is `onRequestStart`: undici calls it
 * right before the first byte is given to a socket, and nothing can fail in between.
 */
export class PushExchange implements Dispatcher.DispatchHandler {
  /** Settles once; rejects only for a request that the hub built wrongly. */
  readonly result: Promise<CallResult>;
  private resolve!: (result: CallResult) => void;
  private reject!: (error: Error) => void;
  private settled = false;
  private triedAgain = false;
  private controller: Controller | undefined;
  private reply: { status: number; headers: Headers; reader: BodyReader } | undefined;

  /** @param dispatch hands the call to undici; called a second time when the first connection died idle under it */
  constructor(private readonly dispatch: (exchange: PushExchange) => void) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  start(): void {
    this.dispatch(this);
  }

  /** Ends the call now, unless it has ended, or only its connection was waited for and there is one. */
  cut(why: Cut): void {
    if (this.controller === undefined) {
      const [code, message] = CUT_BEFORE[why];
      this.settle({ kind: 'not_sent', code, message });
    } else {
      const after = CUT_AFTER[why];
      if (after !== undefined) this.settle({ kind: 'ambiguous', code: after[0], message: after[1] });
    }
  }

  onRequestStart(controller: Controller): void {
    // It waited in line for a connection and nobody waits for it any more; or it would be sent a second time.
    if (this.settled || this.controller !== undefined) controller.abort(new Error('not to be sent'));
    else this.controller = controller;
  }

  onResponseStart(controller: Controller, status: number, headers: Headers): void {
    // Others of 1xx come before the reply.
    if (status < 200 || this.settled) return;
    const encoding = headers['content-encoding'];
    const reader = new BodyReader(typeof encoding === 'string' ? encoding : encoding?.join(','), controller, (body) => this.replied(body));
    this.reply = { status, headers, reader };
    if (Number(headers['content-length']) > MOST_REPLY_BYTES) this.replied({ fault: 'too_large' });
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.reply?.reader.write(chunk);
  }

  onResponseEnd(): void {
    this.reply?.reader.end();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (error instanceof errors.InvalidArgumentError) {
      this.settled = true;
      this.reject(error);
    } else if (error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError) {
      this.cut('shutdown');
    } else if (this.controller !== undefined) {
      this.settle({ kind: 'ambiguous', code: 'connection_lost', message: lossOf(error, this.reply !== undefined) });
    } else if (error instanceof ConnectFault) {
      this.settle({ kind: 'not_sent', code: error.code, message: error.message });
    } else if (!this.triedAgain) {
      // A connection that was kept open died before the call was written to it: that is no news of the agent.
      this.triedAgain = true;
      setImmediate(() => {
        if (!this.settled) this.start();
      });
    } else {
      this.settle({ kind: 'not_sent', code: 'connect_failed', message: 'no connection' });
    }
  }

  private replied(body: ReplyBody): void {
    if (this.reply === undefined) return;
    const { status, headers } = this.reply;
    this.settle({ kind: 'replied', status, retryAfterSeconds: readRetryAfter(headers['retry-after'], new Date()), body });
  }

  private settle(result: CallResult): void {
    if (this.settled) return;
    this.settled = true;
    this.reply?.reader.drop();
    this.resolve(result);
    // Closes the connection when the reply has not ended: nobody reads the rest. Does nothing when it has.
    this.controller?.abort(new Error('settled'));
  }
}

/** Names the kind of loss alone: messages of errors hold addresses, and bytes of replies. */
function lossOf(error: Error, during: boolean): string {
  const where = during ? 'within the reply' : 'before a reply';
  if (error instanceof errors.HTTPParserError) return 'the reply is no HTTP';
  if (error instanceof errors.HeadersOverflowError) return 'the headers of the reply are too large';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `the connection was lost ${where}${code}`;
}
