import { createHash } from 'node:crypto';
import type { OrderReference } from '../../connector';

const LONGEST_NUMBER = 60;
const PLAIN_ID = /^[0-9a-f-]{1,64}$/;

/**
 * The name of the file of a job, without extension: the same for the same job, another for every other. Of the order's number only
 * what is safe in a name is kept, so that no number can lead out of the folder or be a device; the job's id keeps it unique.
 */
export function orderFileName({ orderNumber, jobId }: Pick<OrderReference, 'orderNumber' | 'jobId'>): string {
  const number = orderNumber.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, LONGEST_NUMBER);
  return `order-${number}_${safeId(jobId)}`;
}

/** An id as a part of a name: as it is when it is a UUID, else a hash of it. */
export function safeId(id: string): string {
  const plain = id.toLowerCase();
  return PLAIN_ID.test(plain) ? plain : createHash('sha256').update(id).digest('hex');
}
