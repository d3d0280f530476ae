/** Jobs that have ended, as the index `sync_jobs_finished` has them: written otherwise, the planner does not find it. */
export const FINISHED = `status in ('completed', 'failed', 'cancelled')`;

/** The ways of a job to be open, as small indexes have them: every open job is in exactly one. */
export const OPEN = [
  `status = 'pending' and held_reason is null`,
  `status = 'pending' and held_reason is not null`,
  `status in ('queued', 'processing')`,
  `status = 'awaiting_callback'`,
] as const;
