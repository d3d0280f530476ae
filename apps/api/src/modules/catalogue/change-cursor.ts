import { isUtf8 } from 'node:buffer';
import { Entity, text, VendorId } from '@repo/contracts/primitives';
import { findUnsafe } from '@repo/contracts/unsafe-values';
import { beforeAllChanges, type ChangePosition } from '@repo/shared/database/catalogue/read-changes';
import { z } from 'zod';
import { invalidField } from '../../platform/errors/api-error';

/** Where a client stands in a vendor's changes; it travels through the client, who is not meant to look into it. */
export interface ChangeCursor {
  readonly entity: Entity;
  readonly vendorId: string;
  readonly position: ChangePosition;
  /** Rows written before (microseconds since 1970) are left out of this and all following pages; null for none. */
  readonly updatedSince: number | null;
  /** Deletions before this time (milliseconds since 1970) are nothing to the client any more: see `cursor-age`. */
  readonly coveredUntil: number;
}

const VERSION = 1;
const MOST_SEQ = 2n ** 63n - 1n;
/** The latest `Date`. */
const LATEST = 8_640_000_000_000_000;
const LONGEST_KEY = 100;

const Wire = z.strictObject({
  v: z.literal(VERSION),
  e: Entity,
  i: VendorId,
  s: z.string().regex(/^(0|[1-9]\d{0,18})$/),
  k: z.array(text(LONGEST_KEY)),
  u: z.int().min(0).nullable(),
  t: z.int().min(0).max(LATEST),
});

/** The cursor as the client gets it. */
export function encodeCursor({ entity, vendorId, position, updatedSince, coveredUntil }: ChangeCursor): string {
  const wire: z.input<typeof Wire> = {
    v: VERSION,
    e: entity,
    i: vendorId,
    s: position.changeSeq,
    k: [...position.key],
    u: updatedSince,
    t: coveredUntil,
  };
  return Buffer.from(JSON.stringify(wire)).toString('base64url');
}

/**
 * The cursor that a client gives back, with which it may have done anything.
 * @throws ApiError `invalid_request` when it is none, or one of another list
 */
export function decodeCursor(cursor: string, expected: Pick<ChangeCursor, 'entity' | 'vendorId'>): ChangeCursor {
  const parsed = Wire.safeParse(readJson(cursor));
  if (!parsed.success || findUnsafe(parsed.data) !== undefined) throw malformed();
  const { e: entity, i: vendorId, s: changeSeq, k: key, u: updatedSince, t: coveredUntil } = parsed.data;
  if (entity !== expected.entity) throw invalidField('cursor', 'belongs to another list');
  if (vendorId !== expected.vendorId) throw invalidField('cursor', 'belongs to another vendor');
  if (BigInt(changeSeq) > MOST_SEQ || key.length !== beforeAllChanges(entity).key.length) throw malformed();
  return { entity, vendorId, position: { changeSeq, key }, updatedSince, coveredUntil };
}

function readJson(cursor: string): unknown {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor || !isUtf8(bytes)) throw malformed();
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw malformed();
  }
}

function malformed(): Error {
  return invalidField('cursor', 'is not one that this API has given');
}
