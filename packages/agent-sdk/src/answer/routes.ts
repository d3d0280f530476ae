import {
  CancelOrderCall,
  CreateOrderCall,
  ORDER_CALL_PATHS,
  OrderStatusCall,
  OrderStatusReply,
} from '@repo/contracts/agent-protocol/calls';
import { readOrderReply } from '@repo/contracts/agent-protocol/read-reply';
import {
  DigestCall,
  DigestReply,
  KeysCall,
  KeysReply,
  RECONCILIATION_CALL_PATHS,
  RowsCall,
  RowsReply,
} from '@repo/contracts/agent-protocol/reconciliation-calls';
import { fieldProblems } from '@repo/contracts/problem';
import { findUnsafe } from '@repo/contracts/unsafe-values';
import type { z } from 'zod';
import type { AgentHandler, CallContext } from './agent-handler';

/** How one call is answered. */
export interface Route {
  method: keyof AgentHandler;
  /** Whether it changes something, and may not be started late. */
  changes: boolean;
  body: z.ZodType;
  /** What is wrong with what the handler says; undefined when the hub can read it. */
  faultOf(said: unknown): string | undefined;
}

const order = (operation: 'create_order' | 'cancel_order', body: z.ZodType): Route => ({
  method: operation === 'create_order' ? 'createOrder' : 'cancelOrder',
  changes: true,
  body,
  faultOf: (said) => {
    const read = readOrderReply(operation, statusOf(said), said);
    return read.kind === 'unreadable' ? read.message : undefined;
  },
});

const question = (method: keyof AgentHandler, body: z.ZodType, reply: z.ZodType): Route => ({
  method,
  changes: false,
  body,
  faultOf: (said) => {
    // Keys of rows may have any name; what else the hub refuses is refused here.
    const unsafe = method === 'orderStatus' ? findUnsafe(said)?.message : undefined;
    const parsed = reply.safeParse(said);
    return unsafe ?? (parsed.success ? undefined : fieldProblems(parsed.error, 1)[0]?.message);
  },
});

/** The calls of the protocol, by path. */
export const ROUTES: ReadonlyMap<string, Route> = new Map([
  [ORDER_CALL_PATHS.create_order, order('create_order', CreateOrderCall)],
  [ORDER_CALL_PATHS.cancel_order, order('cancel_order', CancelOrderCall)],
  [ORDER_CALL_PATHS.order_status, question('orderStatus', OrderStatusCall, OrderStatusReply)],
  [RECONCILIATION_CALL_PATHS.digest, question('digest', DigestCall, DigestReply)],
  [RECONCILIATION_CALL_PATHS.keys, question('keys', KeysCall, KeysReply)],
  [RECONCILIATION_CALL_PATHS.rows, question('rows', RowsCall, RowsReply)],
]);

/** 202 for "accepted", 200 for everything else that a handler says. */
export function statusOf(said: unknown): 200 | 202 {
  return typeof said === 'object' && said !== null && 'accepted' in said ? 202 : 200;
}

/** A method of a handler whose call was read by its route. */
export type Work = (call: unknown, context: CallContext) => Promise<unknown>;
