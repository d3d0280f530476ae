import type {
  AcceptedReply,
  CancelOrderCall,
  CancelOrderOutcome,
  CreateOrderCall,
  CreateOrderOutcome,
  OrderStatusCall,
  OrderStatusReply,
} from '@repo/contracts/agent-protocol/calls';
import type {
  DigestCall,
  DigestReply,
  KeysCall,
  KeysReply,
  RowsCall,
  RowsReply,
} from '@repo/contracts/agent-protocol/reconciliation-calls';

/** What is known of a call besides its body. */
export interface CallContext {
  /** Log it, and send it along with the callback. */
  correlationId: string | undefined;
  /** When the hub stops listening, in milliseconds since 1970 of the hub's time; undefined when it did not say. */
  deadline: number | undefined;
  /** Milliseconds until then; Infinity without a deadline. A change must not be started when nothing is left. */
  leftMs(): number;
  /** Aborted when the agent is told to end at once. */
  signal: AbortSignal;
}

/**
 * What an agent does for the hub; one method a call. What is left out is answered 501. Errors: `RetryLater`, `RefuseOrder`;
 * anything else is 500 without details, and the hub asks for the outcome before it sends again.
 */
export interface AgentHandler {
  /** Creates an order once: the same `jobId` may come again. */
  createOrder(call: CreateOrderCall, context: CallContext): Promise<AcceptedReply | CreateOrderOutcome>;
  /** Cancels an order; one that is cancelled already is `completed`. */
  cancelOrder(call: CancelOrderCall, context: CallContext): Promise<AcceptedReply | CancelOrderOutcome>;
  /** What became of one job. `known: false` only of what was never begun, and never will be unless it is sent again. */
  orderStatus(call: OrderStatusCall, context: CallContext): Promise<OrderStatusReply>;
  /** Sums over parts of what was sent. */
  digest?(call: DigestCall, context: CallContext): Promise<DigestReply>;
  /** Keys below prefixes, with the digests of their rows. */
  keys?(call: KeysCall, context: CallContext): Promise<KeysReply>;
  /** Rows by their keys, as in ingest. */
  rows?(call: RowsCall, context: CallContext): Promise<RowsReply>;
}

/** The part of a handler that is about orders. */
export type OrderHandler = Pick<AgentHandler, 'createOrder' | 'cancelOrder' | 'orderStatus'>;
/** The part of a handler that compares rows. */
export type ReconciliationHandler = Pick<AgentHandler, 'digest' | 'keys' | 'rows'>;

/** One handler of two parts. */
export function joinHandlers(orders: OrderHandler, reconciliation: ReconciliationHandler = {}): AgentHandler {
  const { digest, keys, rows } = reconciliation;
  return {
    createOrder: (call, context) => orders.createOrder(call, context),
    cancelOrder: (call, context) => orders.cancelOrder(call, context),
    orderStatus: (call, context) => orders.orderStatus(call, context),
    ...(digest === undefined ? {} : { digest: digest.bind(reconciliation) }),
    ...(keys === undefined ? {} : { keys: keys.bind(reconciliation) }),
    ...(rows === undefined ? {} : { rows: rows.bind(reconciliation) }),
  };
}
