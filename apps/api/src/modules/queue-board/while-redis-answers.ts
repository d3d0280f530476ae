import type { Redis } from 'ioredis';
import { ApiError } from '../../platform/errors/api-error';
import { NoAnswerError, within } from '../../platform/timing/within';

const LIMIT_MS = 2_500;

/**
 * Does what reads queues, which waits for Redis as long as it takes, and fails soon where that would be long: the other
 * connection is asked first.
 * @throws ApiError `unavailable`
 */
export async function whileRedisAnswers<T>(redis: Redis, work: () => Promise<T>): Promise<T> {
  const away = (cause: unknown) =>
    new ApiError('unavailable', 'Redis cannot be reached, and the queues are there. No job is lost: PostgreSQL has them.', {
      cause,
      retryAfterSeconds: 5,
    });
  try {
    await redis.ping();
  } catch (error) {
    throw away(error);
  }
  try {
    return await within(LIMIT_MS, work);
  } catch (error) {
    throw error instanceof NoAnswerError ? away(error) : error;
  }
}
