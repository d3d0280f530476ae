import type { CallResult } from '../../agents/transport/agent-transport';
import type { CallOutcome } from '../../breaker/breaker-policy';
import type { Decision, TryFault } from './decision';

/** Why a try is repeated although the agent answered, and as it should: the answer says that the ERP could not do it. */
const ANSWERED: TryFault = 'erp_failed';

/**
 * What a call says of its agent's health, by the kind of its result and by what was decided about it. An agent that refuses
 * an order is well; one that asks for time, or does not take the hub for what it is, says nothing either way.
 */
export function callOutcome(result: CallResult, decision: Decision): CallOutcome {
  if (result.kind !== 'replied') return result.code === 'not_fetched' || result.code === 'cut_at_shutdown' ? 'uncounted' : 'failure';
  switch (decision.do) {
    case 'wait':
    case 'hold_vendor':
      return 'uncounted';
    case 'retry':
      return decision.fault === ANSWERED ? 'success' : 'failure';
    case 'complete':
    case 'await_callback':
    case 'send':
    case 'dead_letter':
      return 'success';
  }
}
