import { createRequire } from 'node:module';
import type * as numbers from '@repo/shared/database/ingest/digest-numbers';
import type * as statements from '@repo/shared/database/ingest/write-statements';

/**
 * Loaded into a hub's process before the hub (`node --require`): it then ingests without the upkeep of digests. No hash of a row
 * is taken, and no batch appends a change of the root. For a database without the indexes on key hashes.
 */
function takeDigestsOut(): void {
  const load = createRequire(__filename);
  const digests = load('@repo/shared/database/ingest/digest-numbers') as {
    -readonly [name in keyof typeof numbers]: (typeof numbers)[name];
  };
  digests.keyHashNumber = () => 0n;
  digests.rowDigestNumber = () => 0n;
  const write = load('@repo/shared/database/ingest/write-statements') as {
    -readonly [name in keyof typeof statements]: (typeof statements)[name];
  };
  const { upsertStatement } = write;
  write.upsertStatement = (entity, mode) => {
    const text = upsertStatement(entity, mode);
    const without = text.replace(/,\s+delta as \(.*? having count\(\*\) > 0\)/s, '');
    if (mode === 'shared' && without === text) throw new Error('the statement that writes a batch has no delta to be taken out');
    return without;
  };
}

takeDigestsOut();
