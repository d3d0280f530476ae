import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { keyText, time } from './columns';
import { orders } from './orders';

/** Where a job is in its life; which way it may go from there is in `delivery/transitions.ts`. */
export type JobStatus = 'pending' | 'queued' | 'processing' | 'awaiting_callback' | 'completed' | 'failed' | 'cancelled';

/** Why a pending job is not offered: all but the first are about its vendor's agent. */
export type HeldReason =
  | 'earlier_job'
  | 'agent_unregistered'
  | 'agent_disabled'
  | 'agent_offline'
  | 'agent_unauthorized'
  | 'agent_not_polling'
  | 'breaker_open';

/** Life of every job to an ERP; also the transactional outbox. */
export const syncJobs = pgTable(
  'sync_jobs',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    orderId: uuid('order_id').notNull(),
    operation: text('operation').$type<'create_order' | 'cancel_order'>().notNull(),
    status: text('status').$type<JobStatus>().notNull().default('pending'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    /** Place within its order: jobs of one order run strictly one after the other. */
    sequence: integer('sequence').notNull(),
    /** Tries so far, questions about the outcome of an earlier one too; never goes back. */
    attemptNo: integer('attempt_no').notNull().default(0),
    /** The try in which the ERP was last told to do it: the one that a callback can be about. */
    sentAttempt: integer('sent_attempt').notNull().default(0),
    attemptsSpent: integer('attempts_spent').notNull().default(0),
    attemptsAllowed: integer('attempts_allowed').notNull(),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    dispatchNo: integer('dispatch_no').notNull().default(0),
    queuedAt: time('queued_at'),
    leaseUntil: time('lease_until'),
    leaseToken: uuid('lease_token'),
    /** The outcome of the last try is not known: the agent has to be asked before it is told again, not before `ask_after`. */
    mustAsk: boolean('must_ask').notNull().default(false),
    askAfter: time('ask_after'),
    /** Why a pending job is not offered although it may be due. */
    heldReason: text('held_reason').$type<HeldReason>(),
    callbackDeadlineAt: time('callback_deadline_at'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    erpReference: text('erp_reference'),
    /** What the agent said besides, when it was done. */
    metadata: jsonb('metadata').$type<Record<string, unknown>>(),
    correlationId: text('correlation_id').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    startedAt: time('started_at'),
    completedAt: time('completed_at'),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    foreignKey({ name: 'sync_jobs_order', columns: [table.vendorId, table.orderId], foreignColumns: [orders.vendorId, orders.id] }),
    unique('sync_jobs_sequence').on(table.vendorId, table.orderId, table.sequence),
    check('sync_jobs_operation', sql`${table.operation} in ('create_order', 'cancel_order')`),
    check(
      'sync_jobs_status',
      sql`${table.status} in ('pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled')`,
    ),
    check(
      'sync_jobs_counts',
      sql`${table.sequence} >= 1 and ${table.attemptNo} >= 0 and ${table.attemptsSpent} >= 0 and ${table.dispatchNo} >= 0`,
    ),
    check('sync_jobs_lease', sql`${table.status} <> 'processing' or (${table.leaseUntil} is not null and ${table.leaseToken} is not null)`),
    check('sync_jobs_callback', sql`${table.status} <> 'awaiting_callback' or ${table.callbackDeadlineAt} is not null`),
    check(
      'sync_jobs_held_reason',
      sql`${table.heldReason} in ('earlier_job', 'agent_unregistered', 'agent_disabled', 'agent_offline', 'agent_unauthorized', 'agent_not_polling', 'breaker_open')`,
    ),
    // read-job finds a job by its bare id
    index('sync_jobs_id').on(table.id),
    // offer-jobs: vendors that have something to offer, and each one's jobs in the order in which they are due
    index('sync_jobs_due')
      .on(table.vendorId, table.nextAttemptAt, table.id)
      .where(sql`${table.status} = 'pending' and ${table.heldReason} is null`),
    // hold-and-release: vendors that have held jobs, by reason
    index('sync_jobs_held')
      .on(table.vendorId, table.heldReason)
      .where(sql`${table.status} = 'pending' and ${table.heldReason} is not null`),
    // offer-jobs counts what a vendor has in flight; find-overdue looks for expired leases and for what Redis lost
    index('sync_jobs_in_flight')
      .on(table.vendorId)
      .where(sql`${table.status} in ('queued', 'processing')`),
    // find-overdue: callbacks that did not come
    index('sync_jobs_awaiting')
      .on(table.callbackDeadlineAt)
      .where(sql`${table.status} = 'awaiting_callback'`),
    // find-overdue: open jobs that are too old
    index('sync_jobs_expiring')
      .on(table.expiresAt)
      .where(sql`${table.status} in ('pending', 'awaiting_callback')`),
    // list-jobs by what few jobs are, and its count: cancellations, and jobs that were cancelled
    index('sync_jobs_cancellations')
      .on(table.id)
      .where(sql`${table.operation} = 'cancel_order'`),
    index('sync_jobs_cancelled')
      .on(table.id)
      .where(sql`${table.status} = 'cancelled'`),
    // read-vendor-metrics, and list-jobs of a vendor by status or operation with its count, from the index alone: a vendor's jobs are
    // scattered over the table. A job that ends writes one entry, none before: what changes a status has never been a HOT update
    index('sync_jobs_finished')
      .on(table.vendorId, table.id, table.status, table.operation, table.attemptNo, table.createdAt, table.completedAt)
      .where(sql`${table.status} in ('completed', 'failed', 'cancelled')`),
    // list-jobs with status failed
    index('sync_jobs_failed')
      .on(table.vendorId, table.id)
      .where(sql`${table.status} = 'failed'`),
  ],
);

/** One row a try. */
export const syncJobAttempts = pgTable(
  'sync_job_attempts',
  {
    vendorId: keyText('vendor_id').notNull(),
    jobId: uuid('job_id').notNull(),
    attempt: integer('attempt').notNull(),
    startedAt: time('started_at').notNull(),
    durationMs: integer('duration_ms'),
    outcome: text('outcome'),
    httpStatus: integer('http_status'),
    error: text('error'),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.jobId, table.attempt] }),
    foreignKey({ name: 'sync_job_attempts_job', columns: [table.vendorId, table.jobId], foreignColumns: [syncJobs.vendorId, syncJobs.id] }),
    check('sync_job_attempts_attempt', sql`${table.attempt} >= 1`),
  ],
);

/** Jobs that will not be retried by themselves. */
export const deadLetterQueue = pgTable(
  'dead_letter_queue',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    originalJobId: uuid('original_job_id').notNull(),
    operation: text('operation').$type<'create_order' | 'cancel_order'>().notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    failureCode: text('failure_code').notNull(),
    failureReason: text('failure_reason').notNull(),
    failureStack: text('failure_stack'),
    attemptCount: integer('attempt_count').notNull(),
    lastAttemptAt: time('last_attempt_at'),
    resolved: boolean('resolved').notNull().default(false),
    resolvedAt: time('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution').$type<'retried' | 'resolved' | 'late_callback'>(),
    resolutionNote: text('resolution_note'),
    /** Who asked for its retry in bulk: the leader works these off, batch by batch. */
    retryRequestedBy: text('retry_requested_by'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    foreignKey({
      name: 'dead_letter_queue_job',
      columns: [table.vendorId, table.originalJobId],
      foreignColumns: [syncJobs.vendorId, syncJobs.id],
    }),
    check('dead_letter_queue_resolution', sql`${table.resolution} in ('retried', 'resolved', 'late_callback')`),
    check(
      'dead_letter_queue_resolved',
      sql`${table.resolved} = (${table.resolvedAt} is not null) and ${table.resolved} = (${table.resolution} is not null)`,
    ),
    // read-dead-letter finds one by its bare id
    index('dead_letter_queue_id').on(table.id),
    // A job has at most one open dead letter; end-job and complete-job find it by its job
    uniqueIndex('dead_letter_queue_open')
      .on(table.vendorId, table.originalJobId)
      .where(sql`not ${table.resolved}`),
    // clean-table: a job stays as long as it has a dead letter; also the foreign key's check when a job is removed
    index('dead_letter_queue_job').on(table.vendorId, table.originalJobId),
    // list-dead-letters: what is open, newest first, and its count
    index('dead_letter_queue_unresolved')
      .on(table.id)
      .where(sql`not ${table.resolved}`),
    // retry-marked works off what a bulk retry has marked
    index('dead_letter_queue_marked')
      .on(table.id)
      .where(sql`not ${table.resolved} and ${table.retryRequestedBy} is not null`),
  ],
);
