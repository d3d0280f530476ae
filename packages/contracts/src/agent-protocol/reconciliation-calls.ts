import { z } from 'zod';
import { Entity, pattern } from '../primitives';

// Neither side refuses a property that it does not know, as with the calls about orders.

/** Where the hub posts each call that compares what both sides hold, appended to the agent's URL. */
export const RECONCILIATION_CALL_PATHS = { digest: '/sync/digest', keys: '/sync/keys', rows: '/sync/rows' } as const;

/** How far below its prefixes a digest call may look, in hex digits. */
export const DEEPEST_DIGEST = 4;
/** The most keys that one call asks rows for. */
export const MOST_CALLED_KEYS = 500;

/** The first hex digits of the SHA-256 of keys: a part of the tree. The empty prefix is all of it. */
export const DigestPrefix = pattern(/^[0-9a-f]{0,64}$/, 'up to 64 lower-case hex digits');
/** A non-empty node as it travels: how many rows, and the sum of their digests, `12.00f1c2d3e4f50617`. */
export const DigestNode = pattern(/^[1-9]\d{0,15}\.[0-9a-f]{16}$/, 'a count, a dot and 16 lower-case hex digits');
/** The digest of one row, as it travels. */
export const RowDigestText = pattern(/^[0-9a-f]{16}$/, '16 lower-case hex digits');

const prefixes = z.array(DigestPrefix).min(1);

/** Body of `/sync/digest`. `depth` is how many hex digits the nodes of the reply are longer than their prefix. */
export const DigestCall = z.object({ entity: Entity, depth: z.int().min(0).max(DEEPEST_DIGEST), prefixes });
export type DigestCall = z.infer<typeof DigestCall>;

/** Reply of `/sync/digest` with 200: the nodes that are not empty, by their full prefix. */
export const DigestReply = z.object({ nodes: z.record(DigestPrefix, DigestNode) });
export type DigestReply = z.infer<typeof DigestReply>;

/** Body of `/sync/keys`. */
export const KeysCall = z.object({ entity: Entity, prefixes });
export type KeysCall = z.infer<typeof KeysCall>;

/** Reply of `/sync/keys` with 200: the digest of every row below the prefixes, by its key. */
export const KeysReply = z.object({ rows: z.record(z.string(), RowDigestText) });
export type KeysReply = z.infer<typeof KeysReply>;

/** Body of `/sync/rows`. */
export const RowsCall = z.object({ entity: Entity, keys: z.array(z.string().min(1)).min(1).max(MOST_CALLED_KEYS) });
export type RowsCall = z.infer<typeof RowsCall>;

/** Reply of `/sync/rows` with 200: the rows as in ingest, each to be judged alone, and the keys that are not there. */
export const RowsReply = z.object({ rows: z.array(z.record(z.string(), z.unknown())), missing: z.array(z.string()) });
export type RowsReply = z.infer<typeof RowsReply>;
