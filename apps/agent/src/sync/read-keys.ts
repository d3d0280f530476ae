import type { Entity } from '@repo/contracts/primitives';
import type { Connector } from '../connectors/connector';
import type { KeyList } from '../state/key-list';
import type { SourceRows } from '../state/source-rows';

/** What the keys of the source say of the rows that were read. */
export interface KeysAtSource {
  /** Places that hold a row whose key cannot be read: while there are any, nothing counts as gone. */
  unreadable: number;
}

/**
 * Lists the keys of all rows of the source. Rows that are there and could not be read are kept in the state, so that nobody takes
 * them for deleted.
 * @throws SourceError when the source is not all there
 */
export async function readKeys(
  { connector, source }: { connector: Connector; source: SourceRows },
  entity: Entity,
  list: KeyList,
  { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<KeysAtSource> {
  let unreadable = 0;
  for await (const part of connector.readKeys(entity, signal)) {
    unreadable += part.unreadable;
    list.add(part.keys);
    const known = source.known(entity, part.keys);
    const unknown = part.keys.filter((key) => !known.has(key));
    if (!dryRun) source.keepUnreadable(entity, unknown, new Date());
  }
  return { unreadable };
}
