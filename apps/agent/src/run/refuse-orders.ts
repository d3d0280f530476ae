import type { OrderHandler } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import { RetryLater } from '@erp-sync-hub/agent-sdk/answer/answer-errors';

const LATER_S = 3_600;
const notHere = () => Promise.reject(new RetryLater(LATER_S, 'this agent takes no orders'));

/** Of an agent that takes no orders: they wait at the hub, and no try of theirs is spent. */
export const REFUSE_ORDERS: OrderHandler = { createOrder: notHere, cancelOrder: notHere, orderStatus: notHere };
