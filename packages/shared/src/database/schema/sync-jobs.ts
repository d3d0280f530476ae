import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { keyText, time } from './columns';
import { orders } from './orders';

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
    status: text('status').notNull().default('pending'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    /** Place within its order: jobs of one order run strictly one after the other. */
    sequence: integer('sequence').notNull(),
    attemptNo: integer('attempt_no').notNull().default(0),
    attemptsSpent: integer('attempts_spent').notNull().default(0),
    attemptsAllowed: integer('attempts_allowed').notNull(),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    dispatchNo: integer('dispatch_no').notNull().default(0),
    leaseUntil: time('lease_until'),
    leaseToken: uuid('lease_token'),
    mustAsk: boolean('must_ask').notNull().default(false),
    heldReason: text('held_reason'),
    callbackDeadlineAt: time('callback_deadline_at'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    erpReference: text('erp_reference'),
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
    // read-job finds a job by its bare id
    index('sync_jobs_id').on(table.id),
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
    operation: text('operation').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    failureCode: text('failure_code').notNull(),
    failureReason: text('failure_reason').notNull(),
    failureStack: text('failure_stack'),
    attemptCount: integer('attempt_count').notNull(),
    lastAttemptAt: time('last_attempt_at'),
    resolved: boolean('resolved').notNull().default(false),
    resolvedAt: time('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution'),
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
  ],
);
