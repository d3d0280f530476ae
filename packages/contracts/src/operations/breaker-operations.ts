import { z } from 'zod';
import { ReplyTime, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** What is called of an agent; each kind has a breaker of its own. */
export const BreakerApiType = z.enum(['orders', 'reconciliation']);

/** A breaker between the hub and an agent, over all instances. */
export const BreakerEntry = z
  .strictObject({
    vendorId: VendorId,
    apiType: BreakerApiType,
    state: z.enum(['closed', 'open', 'half_open']).meta({ description: '`half_open`: one call may try, or does.' }),
    openUntil: ReplyTime.nullable().meta({ description: 'When the open time ends, or ended; null while it is closed.' }),
    failures: z.int().meta({ description: 'Of the calls in the window.' }),
    calls: z.int().meta({ description: 'Calls in the window that count.' }),
  })
  .meta({ id: 'BreakerEntry' });
export type BreakerEntry = z.infer<typeof BreakerEntry>;

const breakers = { access: 'admin', limit: 'admin', tag: 'Circuit breakers' } as const;
const reply = z.strictObject({ data: z.array(BreakerEntry) });

export const readBreakers = operation({
  ...breakers,
  id: 'readBreakers',
  method: 'GET',
  path: '/api/admin/circuit-breaker/status',
  summary: 'The breakers of all registered agents',
  description: 'The same from every instance. While Redis is away no call is held back, and all are closed.',
  query: z.strictObject({ vendorId: VendorId.optional() }),
  status: 200,
  reply,
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const resetBreakers = operation({
  ...breakers,
  id: 'resetBreakers',
  method: 'POST',
  path: '/api/admin/circuit-breaker/reset',
  summary: 'Close the breakers of a vendor at once, on every instance',
  description: 'Forgets what was counted. Without `apiType` both. The reply has all breakers of the vendor afterwards.',
  body: z.strictObject({ vendorId: VendorId, apiType: BreakerApiType.optional() }),
  status: 200,
  reply,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found'],
  example: { vendorId: 'vendor-1', apiType: 'orders' },
});
