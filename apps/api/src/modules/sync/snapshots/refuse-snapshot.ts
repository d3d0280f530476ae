import type { Entity } from '@repo/contracts/primitives';
import { ApiError } from '../../../platform/errors/api-error';

/** What is known of a snapshot that was asked for. */
export interface AskedFor {
  status: string;
  expired: boolean;
}

export function noSuchSnapshot(): ApiError {
  return new ApiError('not_found', 'There is no such snapshot.');
}

/** Why nothing can be done with a snapshot that is not open; for one that is, `undefined`. */
export function refusalOf(snapshot: AskedFor): ApiError | undefined {
  if (snapshot.expired) return new ApiError('expired', 'The snapshot has expired: begin a new one.');
  if (snapshot.status !== 'open') return new ApiError('conflict', `The snapshot is ${snapshot.status}: begin a new one.`);
  return undefined;
}

/** The same for one that rows of an entity are sent for. */
export function refusalOfRows(snapshot: (AskedFor & { entity: Entity }) | undefined, entity: Entity): ApiError | undefined {
  if (snapshot === undefined) return noSuchSnapshot();
  if (snapshot.entity !== entity) return new ApiError('conflict', `The snapshot is one of ${snapshot.entity}, not of ${entity}.`);
  return refusalOf(snapshot);
}
