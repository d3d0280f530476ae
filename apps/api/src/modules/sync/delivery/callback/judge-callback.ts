import type { CalledBackJob } from '@repo/shared/database/delivery/find-job';
import { OPEN_STATES } from '@repo/shared/database/delivery/transitions';

/** Whether a job still needs something done. */
export function isOpen(status: CalledBackJob['status']): boolean {
  return (OPEN_STATES as readonly string[]).includes(status);
}

/**
 * Whether "failed" says something new of a job: about the call that it names, when that was the last one and its outcome is
 * open; or, when it names none, while the agent is at work. About an earlier call, or a job that has its end, it says nothing.
 */
export function countsAsFailure(job: Pick<CalledBackJob, 'status' | 'sentAttempt' | 'mustAsk'>, attempt: number | undefined): boolean {
  const atWork = job.status === 'processing' || job.status === 'awaiting_callback';
  if (attempt === undefined) return atWork;
  return attempt === job.sentAttempt && (atWork || ((job.status === 'pending' || job.status === 'queued') && job.mustAsk));
}
