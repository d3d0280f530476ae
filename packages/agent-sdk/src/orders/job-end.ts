import { MOST_METADATA_BYTES, type OrderOperation } from '@repo/contracts/agent-protocol/calls';
import { findUnsafe } from '@repo/contracts/unsafe-values';
import { cleanError } from '../answer/clean-error';
import type { Callback } from '../client/hub-client';
import type { ErpOutcome } from './erp-orders';
import type { JobEnd, JobState, LedgerEntry } from './order-ledger';

const LONGEST_REFERENCE = 255;

/** The end of a job as the hub can read it: an order that is in the ERP must not be lost to a reference that is too long. */
export function readEnd(outcome: Exclude<ErpOutcome, { status: 'accepted' }>, operation: OrderOperation, orderNumber: string): JobEnd {
  if (outcome.status === 'failed') return { status: 'failed', error: cleanError(outcome.error), retryable: outcome.retryable };
  const given = Array.from(cleanError(outcome.erpReference ?? ''))
    .slice(0, LONGEST_REFERENCE)
    .join('');
  const erpReference = given !== '' ? given : operation === 'create_order' ? orderNumber : null;
  return { status: 'completed', erpReference, metadata: readMetadata(outcome.metadata) };
}

function readMetadata(metadata: Record<string, unknown> | null | undefined): Record<string, unknown> | null {
  if (metadata === null || metadata === undefined || findUnsafe(metadata) !== undefined) return null;
  return Buffer.byteLength(JSON.stringify(metadata)) > MOST_METADATA_BYTES ? null : metadata;
}

/** A state as it is answered to create-order and cancel-order. */
export function asReply(state: JobState) {
  switch (state.status) {
    case 'accepted':
      return { accepted: true as const };
    case 'completed':
      return { status: state.status, erpReference: state.erpReference ?? undefined, metadata: state.metadata ?? undefined };
    case 'failed':
      return { status: state.status, error: state.error, retryable: state.retryable };
  }
}

/** A state as it is answered to order-status. */
export function asStatusReply(state: JobState) {
  switch (state.status) {
    case 'accepted':
      return { known: true as const, status: state.status };
    case 'completed':
      return { known: true as const, status: state.status, erpReference: state.erpReference ?? undefined };
    case 'failed':
      return { known: true as const, status: state.status, error: state.error, retryable: state.retryable };
  }
}

/** The callback about a job that ended. */
export function asCallback({ jobId, attempt, state }: LedgerEntry & { state: JobEnd }): Callback {
  if (state.status === 'failed') return { jobId, attempt, ...state };
  const { status, erpReference, metadata } = state;
  return { jobId, attempt, status, ...(erpReference === null ? {} : { erpReference }), ...(metadata === null ? {} : { metadata }) };
}
