import { z } from 'zod';
import { Entity, pattern, ReplyTime, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

const snapshots = { tag: 'Snapshots', access: 'agent', limit: 'agent' } as const;
const one = z.strictObject({ id: Uuid });

export const beginSnapshot = operation({
  ...snapshots,
  id: 'beginSnapshot',
  method: 'POST',
  path: '/api/sync/snapshots',
  summary: 'Begin to send everything of an entity',
  description:
    'Rows are sent on the ingest routes with `X-Snapshot-Id`. An older open snapshot of the same entity is superseded. It expires ' +
    'after 24 hours.',
  body: z.strictObject({ vendorId: VendorId.optional(), entity: Entity }),
  status: 201,
  reply: z.strictObject({ snapshotId: Uuid, entity: Entity, startedAt: ReplyTime, expiresAt: ReplyTime }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'agent_disabled'],
  example: { entity: 'items' },
});

export const commitSnapshot = operation({
  ...snapshots,
  id: 'commitSnapshot',
  method: 'POST',
  path: '/api/sync/snapshots/:id/commit',
  summary: 'Say that everything was sent: what was not is deleted',
  description:
    'Rows that are not in the snapshot and were not touched since it began get `deletedAt`. `count`, the distinct keys that were sent, ' +
    'and `digest`, over the last hash sent for each, must be what the hub saw: otherwise nothing is deleted, and the snapshot stays open ' +
    'for what is missing. When too much would be deleted nothing is, and an admin decides.',
  params: one,
  body: z.strictObject({
    vendorId: VendorId.optional(),
    count: z.int().min(0),
    digest: pattern(/^[0-9a-f]{16}$/, '16 lower-case hex digits').nullish(),
  }),
  status: 200,
  reply: z.strictObject({
    tombstoned: z.int().meta({ description: 'Rows that were deleted.' }),
    present: z.int().meta({ description: 'Distinct keys in the snapshot.' }),
  }),
  errors: [
    ...COMMON_ERRORS,
    ...BODY_ERRORS,
    'vendor_mismatch',
    'agent_disabled',
    'not_found',
    'conflict',
    'expired',
    'count_mismatch',
    'digest_mismatch',
    'too_many_deletes',
  ],
  example: { count: 2, digest: 'dc72d054ed79d341' },
});

export const abandonSnapshot = operation({
  ...snapshots,
  id: 'abandonSnapshot',
  method: 'DELETE',
  path: '/api/sync/snapshots/:id',
  summary: 'Abandon a snapshot: nothing is deleted',
  params: one,
  status: 204,
  errors: [...COMMON_ERRORS, 'agent_disabled', 'not_found', 'conflict'],
});
