import { z } from 'zod';
import { pattern, VendorId } from '../primitives';
import { COMMON_ERRORS, operation } from './operation';

const UNIT_S = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const LONGEST_WINDOW_S = 31 * 86_400;

/** How far back, in seconds: a whole number and a unit. */
const Window = pattern(/^[1-9]\d{0,6}[smhd]$/, 'a whole number and s, m, h or d, such as 24h')
  .transform((text) => Number(text.slice(0, -1)) * UNIT_S[text.slice(-1) as keyof typeof UNIT_S])
  .refine((seconds) => seconds <= LONGEST_WINDOW_S, { error: 'at most 31 days' });

const rate = z.number().min(0).max(1).nullable();
const milliseconds = z.number().min(0).nullable();

/** How a vendor's jobs fare. Rates are shares from 0 to 1; null where there is nothing to divide. */
export const VendorMetrics = z
  .strictObject({
    total: z.int().meta({ description: 'Jobs that came to be in the window.' }),
    pending: z.int().meta({ description: 'Of these, those that have not come to their end.' }),
    completed: z.int(),
    failed: z.int(),
    successRate: rate.meta({ description: 'Completed among completed and failed.' }),
    avgLatencyMs: milliseconds.meta({ description: 'From placed to completed.' }),
    p95LatencyMs: milliseconds,
    retryRate: rate.meta({ description: 'Those that took more than one attempt, among those that were tried.' }),
    oldestPendingAgeSeconds: z.number().min(0).nullable().meta({ description: 'Of all open jobs, whenever they came to be.' }),
  })
  .meta({ id: 'VendorMetrics' });
export type VendorMetrics = z.infer<typeof VendorMetrics>;

export const getVendorMetrics = operation({
  id: 'getVendorMetrics',
  tag: 'Metrics',
  access: 'admin',
  limit: 'admin',
  method: 'GET',
  path: '/api/admin/metrics/:vendorId',
  summary: 'How the jobs of a vendor fare',
  description: 'Of jobs that came to be within the window, 24 hours unless said. A vendor without jobs has zeros.',
  params: z.strictObject({ vendorId: VendorId }),
  query: z.strictObject({ window: Window.default(86_400) }),
  status: 200,
  reply: VendorMetrics,
  errors: [...COMMON_ERRORS, 'forbidden'],
});
