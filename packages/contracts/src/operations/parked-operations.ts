import { z } from 'zod';
import { Entity, PageQuery, paged, ReplyTime, VendorId } from '../primitives';
import { PARK_REASONS } from '../verdicts';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

export const ParkedRow = z
  .strictObject({
    vendorId: VendorId,
    entity: Entity,
    key: z.string(),
    reason: z.enum(PARK_REASONS),
    waitsFor: z.array(z.string()),
    payload: z.record(z.string(), z.unknown()),
    contentHash: z.string(),
    lastSyncedAt: ReplyTime,
    firstSeenAt: ReplyTime,
    lastSeenAt: ReplyTime,
  })
  .meta({ id: 'ParkedRow' });

export const listParked = operation({
  id: 'listParked',
  method: 'GET',
  path: '/api/admin/parked',
  tag: 'Parked rows',
  summary: 'Rows that wait for a mapping, an item or a warehouse',
  access: 'admin',
  limit: 'admin',
  query: z.strictObject({
    ...PageQuery,
    vendorId: VendorId.optional(),
    entity: Entity.optional(),
    reason: z.enum(PARK_REASONS).optional(),
  }),
  status: 200,
  reply: paged(ParkedRow),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const replayParked = operation({
  id: 'replayParked',
  method: 'POST',
  path: '/api/admin/parked/replay',
  tag: 'Parked rows',
  summary: 'Try parked rows again, in the background',
  access: 'admin',
  limit: 'admin',
  bodyOptional: true,
  body: z.strictObject({ vendorId: VendorId.optional() }),
  status: 202,
  reply: z.strictObject({ replaying: z.int() }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden'],
  example: { vendorId: 'vendor-1' },
});
