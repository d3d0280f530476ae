import { z } from 'zod';
import { LONGEST_AGENT_ERROR, MOST_METADATA_BYTES } from '../agent-protocol/calls';
import { freeObject, PageQuery, paged, QueryFlag, ReplyTime, text, timestamp, Uuid, VendorId } from '../primitives';
import { Order } from './order-operations';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** What a job does at the ERP. */
export const JobOperation = z.enum(['create_order', 'cancel_order']);

/** Where a job is in its life. */
export const JobStatus = z.enum(['pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled']);

/** Why a pending job is not offered to its agent. */
export const HeldReason = z.enum([
  'earlier_job',
  'agent_unregistered',
  'agent_disabled',
  'agent_offline',
  'agent_unauthorized',
  'agent_not_polling',
  'breaker_open',
]);

export const agentCallback = operation({
  id: 'agentCallback',
  method: 'POST',
  path: '/api/agents/callback',
  tag: 'Agents',
  summary: 'Say what became of a job',
  description:
    'Repeating a callback changes nothing. `completed` wins in every state in which an attempt has started; `failed` counts for the ' +
    'attempt that it names, or without one while the job is processing or awaits its callback. The reply has the status afterwards.',
  access: 'agent',
  limit: 'agent',
  judgesLimit: true,
  body: z.strictObject({
    vendorId: VendorId.optional(),
    jobId: Uuid,
    status: z.enum(['completed', 'failed']),
    attempt: z.int().min(1).max(2_147_483_647).nullish(),
    erpReference: text(255, 1).nullish(),
    error: text(LONGEST_AGENT_ERROR).nullish(),
    retryable: z.boolean().nullish(),
    metadata: freeObject(MOST_METADATA_BYTES).nullish(),
  }),
  status: 200,
  reply: z.strictObject({ jobId: Uuid, status: JobStatus }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'agent_disabled', 'not_found', 'conflict'],
  example: { jobId: '019ab0c4-8f2e-7c31-9d55-3f0e8a6b7c21', status: 'completed', attempt: 1, erpReference: 'SO-1042' },
});

const job = {
  id: Uuid,
  vendorId: VendorId,
  orderId: Uuid,
  operation: JobOperation,
  status: JobStatus,
  sequence: z.int(),
  attemptNo: z.int(),
  attemptsSpent: z.int(),
  attemptsAllowed: z.int(),
  nextAttemptAt: ReplyTime,
  mustAsk: z.boolean(),
  heldReason: HeldReason.nullable(),
  callbackDeadlineAt: ReplyTime.nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  erpReference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  correlationId: z.string(),
  createdAt: ReplyTime,
  startedAt: ReplyTime.nullable(),
  completedAt: ReplyTime.nullable(),
  expiresAt: ReplyTime,
};
/** A job as a list shows it. */
export const SyncJob = z.strictObject(job).meta({ id: 'SyncJob' });
export type SyncJob = z.infer<typeof SyncJob>;

/** One try of a job. */
export const SyncJobAttempt = z
  .strictObject({
    attempt: z.int(),
    startedAt: ReplyTime,
    durationMs: z.int().nullable(),
    outcome: z.string().nullable().meta({ description: 'Null while it lasts.' }),
    httpStatus: z.int().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'SyncJobAttempt' });

/** A job with its payload and all its tries, the first one first. */
export const SyncJobDetail = z
  .strictObject({ ...job, payload: z.record(z.string(), z.unknown()), attempts: z.array(SyncJobAttempt) })
  .meta({ id: 'SyncJobDetail' });
export type SyncJobDetail = z.infer<typeof SyncJobDetail>;

const admin = { access: 'admin', limit: 'admin' } as const;
const jobs = { ...admin, tag: 'Jobs' } as const;
const byId = z.strictObject({ id: Uuid });

export const listSyncJobs = operation({
  ...jobs,
  id: 'listSyncJobs',
  method: 'GET',
  path: '/api/admin/sync-jobs',
  summary: 'List jobs to ERPs',
  query: z.strictObject({
    ...PageQuery,
    vendorId: VendorId.optional(),
    status: JobStatus.optional(),
    operation: JobOperation.optional(),
  }),
  status: 200,
  reply: paged(SyncJob),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const getSyncJob = operation({
  ...jobs,
  id: 'getSyncJob',
  method: 'GET',
  path: '/api/admin/sync-jobs/:id',
  summary: 'One job with its attempts',
  params: byId,
  status: 200,
  reply: SyncJobDetail,
  errors: [...COMMON_ERRORS, 'forbidden', 'not_found'],
});

export const getSyncStatus = operation({
  ...jobs,
  id: 'getSyncStatus',
  method: 'GET',
  path: '/api/admin/sync-status/:jobId',
  summary: 'The same as one job',
  params: z.strictObject({ jobId: Uuid }),
  status: 200,
  reply: SyncJobDetail,
  errors: [...COMMON_ERRORS, 'forbidden', 'not_found'],
});

export const cancelSyncJob = operation({
  ...jobs,
  id: 'cancelSyncJob',
  method: 'POST',
  path: '/api/admin/sync-jobs/:id/cancel',
  summary: 'Cancel the order of a job',
  params: byId,
  status: 200,
  reply: Order,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'invalid_transition'],
});

/** A job that is not retried by itself. */
export const DeadLetter = z
  .strictObject({
    id: Uuid,
    originalJobId: Uuid,
    vendorId: VendorId,
    orderId: Uuid,
    operation: JobOperation,
    payload: z.record(z.string(), z.unknown()),
    failureCode: z.string(),
    failureReason: z.string(),
    failureStack: z.string().nullable(),
    attemptCount: z.int(),
    lastAttemptAt: ReplyTime.nullable(),
    resolved: z.boolean(),
    resolvedAt: ReplyTime.nullable(),
    resolvedBy: z.string().nullable(),
    resolution: z.enum(['retried', 'resolved', 'late_callback']).nullable(),
    resolutionNote: z.string().nullable(),
    createdAt: ReplyTime,
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

const deadLetters = { ...admin, tag: 'Dead letters' } as const;

export const listDeadLetters = operation({
  ...deadLetters,
  id: 'listDeadLetters',
  method: 'GET',
  path: '/api/admin/dlq',
  summary: 'List dead letters',
  query: z.strictObject({
    ...PageQuery,
    vendorId: VendorId.optional(),
    operation: JobOperation.optional(),
    resolved: QueryFlag.optional(),
  }),
  status: 200,
  reply: paged(DeadLetter),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const getDeadLetter = operation({
  ...deadLetters,
  id: 'getDeadLetter',
  method: 'GET',
  path: '/api/admin/dlq/:id',
  summary: 'One dead letter',
  params: byId,
  status: 200,
  reply: DeadLetter,
  errors: [...COMMON_ERRORS, 'forbidden', 'not_found'],
});

export const retryDeadLetter = operation({
  ...deadLetters,
  id: 'retryDeadLetter',
  method: 'POST',
  path: '/api/admin/dlq/:id/retry',
  summary: 'Try a dead letter again',
  description:
    'Keeps the job and goes on numbering its attempts. Where the outcome of the last one is not known, the agent is asked first.',
  params: byId,
  status: 202,
  reply: DeadLetter,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'already_resolved'],
});

export const resolveDeadLetter = operation({
  ...deadLetters,
  id: 'resolveDeadLetter',
  method: 'POST',
  path: '/api/admin/dlq/:id/resolve',
  summary: 'Decide about a dead letter by hand',
  description:
    'A creation with `erpReference`: the order is confirmed, and its later jobs go on. Without: the order is cancelled with its later ' +
    'jobs. A cancellation: the order is confirmed again, with the error.',
  params: byId,
  body: z.strictObject({ resolvedBy: text(100, 1), note: text(2_000).nullish(), erpReference: text(255, 1).nullish() }),
  status: 200,
  reply: DeadLetter,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'already_resolved'],
  example: { resolvedBy: 'Jeanne', note: 'entered by hand', erpReference: 'SO-1042' },
});

export const retryDeadLetters = operation({
  ...deadLetters,
  id: 'retryDeadLetters',
  method: 'POST',
  path: '/api/admin/dlq/retry',
  summary: 'Try all dead letters again that match, in the background',
  description: 'What matched is marked before the reply, and worked off batch by batch, also after a restart.',
  bodyOptional: true,
  body: z.strictObject({
    vendorId: VendorId.optional(),
    operation: JobOperation.optional(),
    failedBefore: timestamp().optional(),
  }),
  status: 202,
  reply: z.strictObject({ matched: z.int() }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden'],
  example: { vendorId: 'vendor-1' },
});
