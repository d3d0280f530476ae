import { ORDER_CALL_PATHS, type CancelOrderCall, type OrderStatusCall } from '@repo/contracts/agent-protocol/calls';
import type { ClaimedJob } from '@repo/shared/database/delivery/claim-job';
import type { AgentCall, AgentEndpoint } from '../../agents/transport/agent-transport';

/** Where the agent of a claimed job is called. */
export function endpointOf({ vendorId, agent }: ClaimedJob): AgentEndpoint {
  const { mode, agentUrl, secretVersion, signWithPrevious } = agent;
  return { vendorId, mode, agentUrl, secretVersion, signWithPrevious };
}

/** The call that tells the ERP to do it. The job id is its idempotency key, whichever try this is. */
export function sendingCall(job: ClaimedJob, deadlineAt: Date): AgentCall {
  const { jobId, orderId, orderNumber, attempt } = job;
  const about = { jobId, orderId, orderNumber, attempt };
  const body =
    job.operation === 'create_order'
      ? { ...about, order: job.payload }
      : ({ ...about, ...(job.erpReference === null ? {} : { erpReference: job.erpReference }) } satisfies CancelOrderCall);
  return { path: ORDER_CALL_PATHS[job.operation], body, correlationId: job.correlationId, deadlineAt, idempotencyKey: jobId };
}

/** The call that asks what became of the job. */
export function askingCall({ jobId, orderId, orderNumber, correlationId }: ClaimedJob, deadlineAt: Date): AgentCall {
  return {
    path: ORDER_CALL_PATHS.order_status,
    body: { jobId, orderId, orderNumber } satisfies OrderStatusCall,
    correlationId,
    deadlineAt,
  };
}
