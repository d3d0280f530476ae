import { z } from 'zod';
import { Entity, PageQuery, paged, ReplyTime, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** What a comparison came to, or is at. */
export const ReconciliationEventType = z.enum([
  'in_sync',
  'drift_detected',
  'drift_resolved',
  'unresolved',
  'agent_unreachable',
  'held_too_many_deletes',
]);
export type ReconciliationEventType = z.infer<typeof ReconciliationEventType>;

export const ReconciliationEvent = z
  .strictObject({
    id: Uuid,
    vendorId: VendorId,
    entity: Entity,
    eventType: ReconciliationEventType,
    summary: z.record(z.string(), z.unknown()).meta({
      description:
        'The run, why it was, both roots as `<count>.<digest>`, calls and bytes of JSON, rows by kind, and the reason, if there is one.',
    }),
    details: z.record(z.string(), z.unknown()).nullable().meta({ description: 'Keys for example, and rows that could not be healed.' }),
    durationMs: z.int().nullable(),
    timestamp: ReplyTime,
  })
  .meta({ id: 'ReconciliationEvent' });

const reconciliation = { tag: 'Reconciliation', access: 'admin', limit: 'admin' } as const;

export const triggerReconciliation = operation({
  ...reconciliation,
  id: 'triggerReconciliation',
  method: 'POST',
  path: '/api/admin/reconciliation/trigger',
  summary: 'Compare with agents, and heal what differs',
  description:
    'Of one vendor, or of all that are online or degraded; of one entity, or of all. Where a comparison is open its id is given, and one ' +
    'more follows it when it is under way. `force`, with vendor and entity, lifts the cap on deletes for this one run.',
  bodyOptional: true,
  body: z
    .strictObject({ vendorId: VendorId.optional(), entity: Entity.optional(), force: z.boolean().optional() })
    .refine(({ force, vendorId }) => force !== true || vendorId !== undefined, { path: ['vendorId'], error: 'needed with force' })
    .refine(({ force, entity }) => force !== true || entity !== undefined, { path: ['entity'], error: 'needed with force' }),
  status: 202,
  reply: z.strictObject({ runs: z.array(z.strictObject({ vendorId: VendorId, entity: Entity, jobId: Uuid })) }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found'],
  example: { vendorId: 'vendor-1', entity: 'items' },
});

export const listReconciliationEvents = operation({
  ...reconciliation,
  id: 'listReconciliationEvents',
  method: 'GET',
  path: '/api/admin/reconciliation/events',
  summary: 'What comparisons found and did, the newest first',
  query: z.strictObject({
    ...PageQuery,
    vendorId: VendorId.optional(),
    entity: Entity.optional(),
    eventType: ReconciliationEventType.optional(),
  }),
  status: 200,
  reply: paged(ReconciliationEvent),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const getReconciliationMetrics = operation({
  ...reconciliation,
  id: 'getReconciliationMetrics',
  method: 'GET',
  path: '/api/admin/metrics/reconciliation/:vendorId',
  summary: 'How the comparisons of a vendor went, over the events that are kept',
  params: z.strictObject({ vendorId: VendorId }),
  status: 200,
  reply: z
    .strictObject({
      eventCount: z.int(),
      lastRunAt: ReplyTime.nullable().meta({ description: 'When a comparison last ended.' }),
      driftFrequency: z.number().min(0).max(1).nullable().meta({ description: 'The share of comparisons that found a difference.' }),
      lastDrift: ReplyTime.nullable().meta({ description: 'When a difference was last found.' }),
    })
    .meta({ id: 'ReconciliationMetrics' }),
  errors: [...COMMON_ERRORS, 'forbidden'],
});
