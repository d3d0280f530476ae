/** What {@link within} fails with when time is up. */
export class NoAnswerError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.name = 'NoAnswerError';
  }
}

/**
 * The result of `work`, or a failure when it takes longer; the work itself goes on, and its end is nobody's business any more.
 * @throws NoAnswerError after `limitMs`, and whatever `work` fails with before
 */
export async function within<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
