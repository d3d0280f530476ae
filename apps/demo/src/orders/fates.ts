import type { FaultRule } from '@repo/stand-in-erp/faults';

/** What the ERP makes of an order, and what that has to lead to. */
export interface Fate {
  name: string;
  /** As the table says it. */
  meaning: string;
  /** How many of a hundred orders have it; `one` for a single order, `rest` for what is left. */
  percent: number | 'one' | 'rest';
  /** Done to the first telling, or to every one, of the order; nothing is done to others. */
  fault?: { on: 'first' | 'every'; what: FaultRule['fault'] };
  /** What shows that it happened, as fewest for one order. */
  least: { told: number; asked: number; callbacks: number };
}

/** Everything that can become of an order here. A fate that has to be asked about takes until the call's deadline is past. */
export const FATES: readonly Fate[] = [
  { name: 'done', meaning: 'did it at once', percent: 'rest', least: { told: 1, asked: 0, callbacks: 0 } },
  {
    name: 'later',
    meaning: 'accepted it, and called back',
    percent: 15,
    fault: { on: 'first', what: { kind: 'accept', delayMs: 400 } },
    least: { told: 1, asked: 0, callbacks: 1 },
  },
  {
    name: 'thrice',
    meaning: 'called back three times at once',
    percent: 2,
    fault: { on: 'first', what: { kind: 'duplicate_callbacks', times: 3 } },
    least: { told: 1, asked: 0, callbacks: 3 },
  },
  {
    name: 'locked',
    meaning: 'could not at first: try again',
    percent: 10,
    fault: { on: 'first', what: { kind: 'fail', retryable: true, error: 'the customer file is locked' } },
    least: { told: 2, asked: 0, callbacks: 0 },
  },
  {
    name: 'busy',
    meaning: 'said 429, come back in 1 s',
    percent: 2,
    fault: { on: 'first', what: { kind: 'too_many', retryAfterSeconds: 1 } },
    least: { told: 2, asked: 0, callbacks: 0 },
  },
  {
    name: 'cut',
    meaning: 'did it, and the reply was lost',
    percent: 4,
    fault: { on: 'first', what: { kind: 'drop_after_creating' } },
    least: { told: 1, asked: 1, callbacks: 0 },
  },
  {
    name: 'unheard',
    meaning: 'never got it: the line was cut',
    percent: 2,
    fault: { on: 'first', what: { kind: 'drop_before_reading' } },
    least: { told: 2, asked: 1, callbacks: 0 },
  },
  {
    name: 'error',
    meaning: 'did it, and answered 500',
    percent: 2,
    fault: { on: 'first', what: { kind: 'error_after_creating' } },
    least: { told: 1, asked: 1, callbacks: 0 },
  },
  {
    name: 'silent',
    meaning: 'accepted it, and never called back',
    percent: 1,
    fault: { on: 'first', what: { kind: 'accept_silently' } },
    least: { told: 1, asked: 1, callbacks: 0 },
  },
  {
    name: 'refused',
    meaning: 'refused it, until it was mended',
    percent: 'one',
    fault: { on: 'every', what: { kind: 'fail', retryable: false, error: 'unknown customer: ask the IT of the vendor' } },
    least: { told: 2, asked: 0, callbacks: 0 },
  },
];

/** The rules by which the stand-in ERP gives each order its fate. */
export function rulesFor(orders: readonly { orderNumber: string; fate: Fate }[]): FaultRule[] {
  return orders.flatMap(({ orderNumber, fate: { fault } }) => {
    if (fault === undefined) return [];
    const nth = fault.on === 'first' ? { nth: 1 } : {};
    return [{ match: { call: 'create-order', orderNumber, ...nth }, fault: fault.what }];
  });
}
