import { z } from 'zod';
import { Entity, PageQuery, paged, pattern, ReplyTime, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

const snapshots = { tag: 'Snapshots', access: 'agent', limit: 'agent' } as const;
const one = z.strictObject({ id: Uuid });

/** The states of a snapshot. Of a `committing` one it is decided that it deletes, and not all of it is done. */
export const SNAPSHOT_STATUSES = ['open', 'held', 'committing', 'committed', 'superseded', 'abandoned', 'expired'] as const;
export type SnapshotStatus = (typeof SNAPSHOT_STATUSES)[number];

const committed = z.strictObject({
  tombstoned: z.int().meta({ description: 'Rows that were deleted.' }),
  present: z.int().meta({ description: 'Distinct keys in the snapshot.' }),
});

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
  reply: committed,
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
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'agent_disabled', 'not_found', 'conflict'],
});

export const Snapshot = z
  .strictObject({
    snapshotId: Uuid,
    vendorId: VendorId,
    entity: Entity,
    status: z.enum(SNAPSHOT_STATUSES),
    startedAt: ReplyTime,
    expiresAt: ReplyTime,
    closedAt: ReplyTime.nullable(),
    tombstoned: z.int().nullable(),
    present: z.int().nullable(),
    wouldDelete: z.int().nullable().meta({ description: 'Of one that is or was held: rows that it would have deleted …' }),
    liveRows: z.int().nullable().meta({ description: '… of so many.' }),
  })
  .meta({ id: 'Snapshot' });

export const listSnapshots = operation({
  id: 'listSnapshots',
  method: 'GET',
  path: '/api/admin/snapshots',
  tag: 'Snapshots',
  summary: 'Snapshots, newest first',
  access: 'admin',
  limit: 'admin',
  query: z.strictObject({ ...PageQuery, vendorId: VendorId.optional(), status: z.enum(SNAPSHOT_STATUSES).optional() }),
  status: 200,
  reply: paged(Snapshot),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const confirmSnapshot = operation({
  id: 'confirmSnapshot',
  method: 'POST',
  path: '/api/admin/snapshots/:id/commit',
  tag: 'Snapshots',
  summary: 'Confirm a held snapshot: it deletes, however much that is',
  description: 'Rows that were touched since the snapshot began stay, also those that were sent while it was held.',
  access: 'admin',
  limit: 'admin',
  params: one,
  body: z.strictObject({ force: z.literal(true) }),
  status: 200,
  reply: committed,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'conflict', 'expired'],
  example: { force: true },
});
