import { PROBLEM_MEDIA_TYPE } from '@repo/contracts/problem';
import { z } from 'zod';
import type { HubFailure } from './hub-error';
import { readRetryAfter } from './retry-after';

/** As the hub sends it, and as a newer hub may: codes that are not known yet are kept. */
const ProblemReply = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** A reply that is no success. */
export interface FailedReply {
  status: number;
  headers: Headers;
  text: string;
}

/** What a reply that is no success says. */
export function readFailure({ status, headers, text }: FailedReply, now: number): HubFailure {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  if (status === 429) return { kind: 'rate_limited', status, retryAfterMs };
  const problem = headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) === true ? readProblem(text) : undefined;
  if (status >= 500 || status === 408) return { kind: 'unavailable', status, code: problem?.code, retryAfterMs };
  if (status < 400 || problem === undefined) return { kind: 'bad_reply', status, problem: 'no problem document' };
  return { kind: 'refused', status, code: problem.code, detail: problem.detail, errors: problem.errors ?? [] };
}

function readProblem(text: string): z.infer<typeof ProblemReply> | undefined {
  try {
    const read = ProblemReply.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // Some page of a gateway: that it is none is what is told.
    return undefined;
  }
}
