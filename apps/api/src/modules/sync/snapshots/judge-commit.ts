import type { SentSum } from '@repo/shared/database/snapshots/sum-keys';
import { ApiError } from '../../../platform/errors/api-error';

/** What an agent says that it has sent. */
export interface Claim {
  count: number;
  digest?: string | null | undefined;
}

/** What is wrong with a commit, given what the hub saw; `undefined` when nothing is. */
export function mismatchOf(claim: Claim, sent: SentSum): ApiError | undefined {
  if (claim.count !== sent.count)
    return new ApiError('count_mismatch', `count: ${claim.count} distinct keys were said to be sent, ${sent.count} arrived.`);
  if (typeof claim.digest === 'string' && claim.digest !== sent.digest)
    return new ApiError('digest_mismatch', `digest: ${claim.digest} was said, ${sent.digest} arrived.`);
  return undefined;
}

/** Why a snapshot is held. */
export function tooManyDeletes({ wouldDelete, liveRows }: { wouldDelete: number | null; liveRows: number | null }): ApiError {
  return new ApiError('too_many_deletes', `${wouldDelete} of ${liveRows} rows would be deleted: nothing was, and an admin has to decide.`);
}
