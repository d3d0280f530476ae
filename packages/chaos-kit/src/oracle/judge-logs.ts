import type { HubProcess, UnexpectedExit } from '../installation/hub-process';
import type { ChaosFault } from '../schedule/chaos-fault';

/** A line of a hub's log, as far as it matters here. */
export interface LogLine {
  process: string;
  text: string;
  /** Null when the line is no JSON: words of Node itself. */
  level: number | null;
}

const ERROR_LEVEL = 50;

/** Words of a process that is in a state that nobody has thought of. */
const DEFECT = /unhandled|uncaughtException|TypeError|ReferenceError|RangeError|SyntaxError|MaxListenersExceeded|Assertion/i;

const OF_POSTGRES =
  /ECONNREFUSED|ECONNRESET|EPIPE|"code":"unavailable"|57P0\d|08\d{3}|Connection terminated|timeout exceeded when trying to connect|not queryable|Query read timeout|canceling|53300/;
const OF_REDIS =
  /ECONNREFUSED|ECONNRESET|EPIPE|Connection is closed|Command timed out|LOADING|max retries|no answer within|Stream isn't writeable|Calls cannot be handed out now|The reply cannot be taken now|Missing lock|could not renew lock|Missing key/i;

/** What a process says that was stopped while it waited for an answer. */
const OF_A_PAUSE = /Command timed out|no answer within|Query read timeout/;

/**
 * Errors that need no fault of the environment: an order that was cancelled while the ERP did it, which the hub is meant to
 * tell of, and more clients at once than there are connections, whom it asks to come again.
 */
const BY_DESIGN = /late_callback_after_cancel|timeout exceeded when trying to connect/;

const LONGEST_LINE = 1_200;

/** What a process has printed, but for the first characters of it. */
export function readLog(hub: Pick<HubProcess, 'name' | 'log'>, from: number): LogLine[] {
  return hub
    .log()
    .slice(from)
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => ({ process: hub.name, text, level: levelOf(text) }));
}

/** What in the logs no fault of the schedule explains, in words, once for all lines that are alike; nothing when all is well. */
export function judgeLogs(lines: readonly LogLine[], schedule: readonly ChaosFault[]): string[] {
  const broken = { postgres: has(schedule, 'postgres'), redis: has(schedule, 'redis') };
  const paused = new Set(schedule.filter(({ fault }) => fault === 'pause').map(({ target }) => target));
  const alike = new Map<string, LogLine[]>();
  for (const line of lines) {
    if (!isFault(line, broken) || (paused.has(line.process) && isOfPause(line))) continue;
    const about = `${line.process} ${gistOf(line.text)}`;
    alike.set(about, [...(alike.get(about) ?? []), line]);
  }
  return [...alike.values()].map(([first, ...more]) => {
    const others = more.length === 0 ? '' : ` (and ${more.length} more like it)`;
    return `log of ${first?.process}: ${first?.text.slice(0, LONGEST_LINE)}${others}`;
  });
}

/** Ends that nobody asked for and that no fault of the schedule explains. */
export function judgeExits(exits: readonly UnexpectedExit[], schedule: readonly ChaosFault[]): string[] {
  // One that cannot start while its database is away says so and ends: an orchestrator starts it again.
  const explained = has(schedule, 'postgres') || has(schedule, 'redis');
  return exits
    .filter(({ wasReady, code }) => wasReady || code !== 1 || !explained)
    .map(
      ({ process, code, signal, lastWords }) =>
        `${process} ended by itself with ${code ?? signal}${lastWords === '' ? '' : `, saying\n${lastWords}`}`,
    );
}

function isFault({ text, level }: LogLine, broken: { postgres: boolean; redis: boolean }): boolean {
  if (DEFECT.test(text)) return true;
  // Where Node says nothing of the kind, what is no JSON is the last words of a process that could not start.
  if (level === null || level < ERROR_LEVEL || BY_DESIGN.test(text)) return false;
  return !((broken.postgres && OF_POSTGRES.test(text)) || (broken.redis && OF_REDIS.test(text)));
}

function isOfPause({ text }: LogLine): boolean {
  return OF_A_PAUSE.test(text) && !DEFECT.test(text);
}

function has(schedule: readonly ChaosFault[], server: string): boolean {
  return schedule.some(({ fault }) => fault.startsWith(server));
}

function levelOf(text: string): number | null {
  const level = parse(text)?.level;
  return typeof level === 'number' ? level : null;
}

/** What a line says, without what differs from one to the next. */
function gistOf(text: string): string {
  const { msg, err } = parse(text) ?? {};
  return msg === undefined ? text : `${msg} ${err?.message ?? ''}`;
}

function parse(text: string): { level?: unknown; msg?: string; err?: { message?: string } } | undefined {
  try {
    return JSON.parse(text) as ReturnType<typeof parse>;
  } catch {
    // Not one of the hub's own lines.
    return undefined;
  }
}
