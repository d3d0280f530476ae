import { fieldProblems, type FieldProblem } from '@repo/contracts/problem';
import type { HubClock } from '../clock/hub-clock';
import type { AgentHandler, CallContext } from './agent-handler';
import { RefuseOrder, RetryLater, TooLate } from './answer-errors';
import { checkTrust, type CallHeaders, type OutboundSecrets, type TrustFault } from './check-trust';
import { cleanError } from './clean-error';
import { ROUTES, statusOf, type Route, type Work } from './routes';

/** A call as it came, over either transport. */
export interface IncomingCall {
  /** `/sync/create-order`, … */
  path: string;
  headers: CallHeaders;
  /** Exactly as it was signed: inflated, and not parsed. */
  body: string | Uint8Array;
  /** Aborted when the agent is told to end at once. */
  signal?: AbortSignal;
}

/** What is answered. `body` is JSON text. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What went wrong with a call, for the agent's own log. The hub hears nothing of it. */
export interface CallTrouble {
  path: string;
  correlationId: string | undefined;
  /** What the hub was answered. */
  status: number;
  /** An error of the handler's, or what is wrong in words. Holds no secret. */
  error: unknown;
}

export interface AnsweringParts {
  handler: Partial<AgentHandler>;
  /** The current secrets, and those before them while they may still be used. Asked for every call. */
  secrets: () => readonly OutboundSecrets[] | Promise<readonly OutboundSecrets[]>;
  /** That of the client whose heartbeats it learns from. */
  clock: HubClock;
  onTrouble?: (trouble: CallTrouble) => void;
}

/** The most bytes of a reply. */
const MOST_REPLY_BYTES = 10 * 1024 * 1024;
/** How long the hub is to wait while its time is not known yet. */
const UNTIL_KNOWN_S = 5;

/**
 * Answers the calls of the hub, whichever way they came: 401 when it did not make them, 404 for a path that is none, 400 for a
 * body that breaks the protocol, 501 for what the handler leaves out, 503 for a change after its deadline, and 503 with
 * `Retry-After` while the hub's time is not known. Never rejects.
 */
export class CallAnswerer {
  constructor(private readonly parts: AnsweringParts) {}

  async answerCall(call: IncomingCall): Promise<Answer> {
    try {
      return await this.answer(call);
    } catch (error) {
      return this.trouble(call, error);
    }
  }

  private async answer(call: IncomingCall): Promise<Answer> {
    const { clock, secrets, handler } = this.parts;
    // A clock that is off would find every signature too old, or take a deadline for one that is to come.
    if (!clock.known) throw new RetryLater(UNTIL_KNOWN_S, 'the time of the hub is not known yet: no heartbeat was answered');
    const fault = checkTrust(call.headers, call.body, await secrets(), new Date(clock.now()));
    if (fault !== undefined) throw new NotTrusted(fault);
    const route = ROUTES.get(call.path);
    if (route === undefined) return failed(404, 'no such call');
    const work = handler[route.method]?.bind(handler) as Work | undefined;
    if (work === undefined) return failed(501, 'this agent has no such call');
    const context = contextOf(call, clock);
    if (route.changes && context.leftMs() <= 0) throw new TooLate();
    const read = readCall(route, call.body);
    if ('problems' in read) return failed(400, 'the call breaks the protocol', read.problems);
    return this.say(call, route, await work(read.value, context));
  }

  private say(call: IncomingCall, route: Route, said: unknown): Answer {
    const fault = route.faultOf(said);
    const body = fault === undefined ? JSON.stringify(said) : '';
    const problem = Buffer.byteLength(body) > MOST_REPLY_BYTES ? `more than ${MOST_REPLY_BYTES} bytes` : fault;
    if (problem !== undefined) return this.trouble(call, new Error(`the handler gave what the hub cannot read: ${problem}`));
    return { status: statusOf(said), headers: JSON_TYPE, body };
  }

  private trouble(call: IncomingCall, error: unknown): Answer {
    const changes = ROUTES.get(call.path)?.changes === true;
    const answer = answerTo(error, changes);
    this.parts.onTrouble?.({ path: call.path, correlationId: textOf(call.headers['x-correlation-id']), status: answer.status, error });
    return answer;
  }
}

/** A call that the hub did not make, or not with these secrets. */
export class NotTrusted extends Error {
  constructor(readonly fault: TrustFault) {
    super(`the call is not trusted: ${fault}`);
    this.name = 'NotTrusted';
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function answerTo(error: unknown, changes: boolean): Answer {
  if (error instanceof NotTrusted) return failed(401, 'the call is not signed with a secret of this agent');
  if (error instanceof TooLate) return failed(503, error.message);
  if (error instanceof RetryLater) {
    const seconds = String(Math.min(Math.max(Math.ceil(error.seconds), 0), 3_600));
    return { ...failed(error.status, 'not now'), headers: { ...JSON_TYPE, 'retry-after': seconds } };
  }
  if (error instanceof RefuseOrder && changes) {
    const body = JSON.stringify({ status: 'failed', error: cleanError(error.message), retryable: false });
    return { status: 200, headers: JSON_TYPE, body };
  }
  return failed(500, 'the agent could not do it');
}

function failed(status: number, message: string, errors?: readonly FieldProblem[]): Answer {
  return { status, headers: JSON_TYPE, body: JSON.stringify({ message, ...(errors === undefined ? {} : { errors }) }) };
}

function contextOf({ headers, signal }: IncomingCall, clock: HubClock): CallContext {
  const said = textOf(headers['x-deadline']);
  const deadline = said === undefined ? undefined : Date.parse(said);
  return {
    correlationId: textOf(headers['x-correlation-id']),
    deadline,
    // A deadline that cannot be read counts as over.
    leftMs: () => (deadline === undefined ? Infinity : Number.isNaN(deadline) ? 0 : deadline - clock.now()),
    signal: signal ?? new AbortController().signal,
  };
}

function readCall(route: Route, body: string | Uint8Array): { value: unknown } | { problems: FieldProblem[] } {
  let json: unknown;
  try {
    json = JSON.parse(typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // It was signed, so that somebody has to see it: as a fault of the caller's.
    return { problems: [{ path: '', message: 'must be JSON in UTF-8' }] };
  }
  const parsed = route.body.safeParse(json);
  return parsed.success ? { value: parsed.data } : { problems: fieldProblems(parsed.error) };
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
