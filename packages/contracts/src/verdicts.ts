import { z } from 'zod';

/** Why a row was not written, in the order in which it is decided. */
export const SKIP_REASONS = ['superseded', 'unchanged'] as const;
export const PARK_REASONS = ['unmapped_unit', 'unmapped_vat', 'item_not_found', 'warehouse_not_found'] as const;
export const FAIL_REASONS = ['invalid', 'future_timestamp', 'stale', ...PARK_REASONS] as const;

/** Why a row waits instead of being written. */
export type ParkReason = (typeof PARK_REASONS)[number];
export type FailReason = (typeof FAIL_REASONS)[number];
export type SkipReason = (typeof SKIP_REASONS)[number];
export type RowChange = 'created' | 'updated' | 'restored';

const position = { index: z.int(), key: z.string().nullable() };

/** What became of one row. */
export const Verdict = z
  .discriminatedUnion('status', [
    z.strictObject({ ...position, status: z.literal('processed'), change: z.enum(['created', 'updated', 'restored']) }),
    z.strictObject({ ...position, status: z.literal('skipped'), reason: z.enum(SKIP_REASONS) }),
    z.strictObject({
      ...position,
      status: z.literal('failed'),
      reason: z.enum(FAIL_REASONS),
      detail: z.string(),
      parked: z.boolean().optional(),
    }),
  ])
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;

/** The reply of every ingest route: totals, and one verdict a row in the order of the request. */
export const IngestReply = z
  .strictObject({ processed: z.int(), skipped: z.int(), failed: z.int(), results: z.array(Verdict) })
  .meta({ id: 'IngestReply' });
export type IngestReply = z.infer<typeof IngestReply>;
