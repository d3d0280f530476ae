import type { z } from 'zod';
import { fieldProblems, formatPath } from '../problem';
import { findUnsafe } from '../unsafe-values';
import { AcceptedReply, CancelOrderOutcome, CreateOrderOutcome, OrderStatusReply, type OrderOperation } from './calls';

/** A reply that does not say what happened; `message` is at most 200 characters. */
export interface UnreadableReply {
  kind: 'unreadable';
  message: string;
}

/** The agent could not do it. `error` has up to 10,000 characters and may be empty. */
export interface FailedOutcome {
  kind: 'failed';
  error: string;
  retryable: boolean;
}

/** What a 2xx reply to create-order or cancel-order says. */
export type OrderReply =
  | { kind: 'accepted' }
  | { kind: 'completed'; /** Never null for create_order. */ erpReference: string | null; metadata: Record<string, unknown> | null }
  | FailedOutcome
  | UnreadableReply;

/** What a 200 reply to order-status says of the job. */
export type StatusReply =
  | { kind: 'unknown' }
  | { kind: 'accepted' }
  | { kind: 'completed'; erpReference: string | null }
  | FailedOutcome
  | UnreadableReply;

const LONGEST_MESSAGE = 200;
const OUTCOMES = { create_order: CreateOrderOutcome, cancel_order: CancelOrderOutcome } as const;

/**
 * Reads a 2xx reply to create-order or cancel-order. `body` is its parsed JSON. Never throws: 202 with anything but
 * `accepted`, 200 with anything but an outcome, and every other status are unreadable.
 */
export function readOrderReply(operation: OrderOperation, status: number, body: unknown): OrderReply {
  if (status === 202) {
    const read = parse(AcceptedReply, body);
    return 'fault' in read ? read.fault : { kind: 'accepted' };
  }
  if (status !== 200) return unreadable(`status ${status} is none of 200 and 202`);
  const read = parse(OUTCOMES[operation], body);
  if ('fault' in read) return read.fault;
  const outcome = read.value;
  if (outcome.status === 'failed') return { kind: 'failed', error: outcome.error, retryable: outcome.retryable };
  return { kind: 'completed', erpReference: outcome.erpReference ?? null, metadata: outcome.metadata ?? null };
}

/**
 * Reads a 200 reply to order-status. Never throws. A failure is the outcome of the job unless it says that the job may be
 * tried again.
 */
export function readStatusReply(body: unknown): StatusReply {
  const read = parse(OrderStatusReply, body);
  if ('fault' in read) return read.fault;
  const reply = read.value;
  if (!reply.known) return { kind: 'unknown' };
  if (reply.status === 'accepted') return { kind: 'accepted' };
  if (reply.status === 'completed') return { kind: 'completed', erpReference: reply.erpReference ?? null };
  return { kind: 'failed', error: reply.error ?? '', retryable: reply.retryable ?? false };
}

function parse<T extends z.ZodType>(schema: T, body: unknown): { value: z.output<T> } | { fault: UnreadableReply } {
  const unsafe = findUnsafe(body);
  if (unsafe !== undefined) return { fault: unreadable(`${formatPath(unsafe.path)} ${unsafe.message}`.trim()) };
  const parsed = schema.safeParse(body);
  if (parsed.success) return { value: parsed.data };
  const [first] = fieldProblems(parsed.error, 1);
  return { fault: unreadable(first === undefined ? 'not a reply' : `${first.path === '' ? 'reply' : first.path}: ${first.message}`) };
}

function unreadable(message: string): UnreadableReply {
  // By characters, not by UTF-16 units: half of a pair could not be stored.
  return { kind: 'unreadable', message: Array.from(message).slice(0, LONGEST_MESSAGE).join('') };
}
