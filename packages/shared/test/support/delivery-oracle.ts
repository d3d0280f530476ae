import type { Pool } from 'pg';
import type { JobRow } from './delivery-fixture';

/** Everything about one order, read in one statement: a moment in which nothing is half done. */
interface Moment {
  id: string;
  erp_status: string;
  jobs: (JobRow & { letters: string[]; attempts: number; lease_until: string | null })[];
}

const MOMENTS = `
  select orders.id, erp_status, (
    select json_agg(to_jsonb(job) || jsonb_build_object(
        'letters', (select coalesce(json_agg(coalesce(resolution, 'open') order by letter.id), '[]') from dead_letter_queue letter
          where letter.original_job_id = job.id),
        'attempts', (select count(*) from sync_job_attempts attempt where attempt.job_id = job.id and attempt.attempt <= job.attempt_no))
      order by sequence)
    from sync_jobs job where job.order_id = orders.id) as jobs
  from orders`;

const OPEN = new Set(['pending', 'queued', 'processing', 'awaiting_callback']);
const UNDER_WAY = new Set(['queued', 'processing', 'awaiting_callback']);
const isDead = ({ status, letters }: Moment['jobs'][number]) => status === 'failed' && letters.at(-1) === 'open';
const isUndecided = (job: Moment['jobs'][number]) => OPEN.has(job.status) || isDead(job);

/** What an order's status must be, told from its jobs alone. */
export function statusByJobs(jobs: Moment['jobs']): string {
  const create = jobs.find(({ operation }) => operation === 'create_order');
  const cancels = jobs.filter(({ operation }) => operation === 'cancel_order');
  if (create === undefined) throw new Error('an order without its first job');
  if (isDead(create)) return 'failed';
  if (cancels.some(({ status }) => status === 'completed')) return 'cancelled';
  if (cancels.some(isUndecided)) return 'cancelling';
  if (create.status === 'completed') return 'confirmed';
  if (create.status === 'failed' || create.status === 'cancelled') return 'cancelled';
  return create.attempt_no > 0 ? 'syncing' : 'pending';
}

/** Watches orders and their jobs, and finds what must never be, in any moment and from one moment to the next. */
export class DeliveryOracle {
  private readonly highest = new Map<string, { attempt: number; dispatch: number }>();

  constructor(private readonly pool: Pool) {}

  async faults(): Promise<string[]> {
    const { rows } = await this.pool.query<Moment>(MOMENTS);
    return rows.flatMap((moment) => this.faultsOf(moment));
  }

  private faultsOf({ id, erp_status, jobs }: Moment): string[] {
    const told = statusByJobs(jobs);
    const about = `order ${id} (${jobs.map(({ operation, status, letters }) => `${operation} ${status} ${letters.join('+')}`).join(', ')})`;
    return [
      ...(erp_status === told ? [] : [`is ${erp_status}, but its jobs say ${told}`]),
      ...(jobs.filter(({ status }) => UNDER_WAY.has(status)).length > 1 ? ['has two jobs under way'] : []),
      ...jobs.flatMap((job) => [...this.faultsOfJob(job), ...faultsOfPlace(job, jobs)]),
    ].map((fault) => `${about} ${fault}`);
  }

  private faultsOfJob(job: Moment['jobs'][number]): string[] {
    const { id, status, letters, attempt_no, sent_attempt, dispatch_no, attempts, lease_token, must_ask } = job;
    const before = this.highest.get(id) ?? { attempt: 0, dispatch: 0 };
    this.highest.set(id, { attempt: attempt_no, dispatch: dispatch_no });
    const open = letters.filter((letter) => letter === 'open').length;
    return [
      ...(open > 1 ? ['has two open dead letters'] : []),
      ...(open > 0 && status !== 'failed' ? [`has an open dead letter and is ${status}`] : []),
      ...(status === 'failed' && !['open', 'resolved'].includes(letters.at(-1) ?? '')
        ? [`is failed, and nobody knows: ${letters.join()}`]
        : []),
      ...(attempt_no < before.attempt || dispatch_no < before.dispatch ? ['counts backwards'] : []),
      ...(attempts === attempt_no ? [] : [`has ${attempts} records of ${attempt_no} tries`]),
      ...(sent_attempt > attempt_no ? ['was sent in a try that was not begun'] : []),
      ...((status === 'processing') === (lease_token !== null) ? [] : [`has ${lease_token === null ? 'no' : 'a'} lease and is ${status}`]),
      ...(status === 'completed' && must_ask ? ['is completed, and to be asked after'] : []),
    ];
  }
}

/** Jobs of an order run strictly one after the other. */
function faultsOfPlace(job: Moment['jobs'][number], jobs: Moment['jobs']): string[] {
  const begun = UNDER_WAY.has(job.status) || job.attempt_no > 0;
  const hasty = begun && jobs.some((earlier) => earlier.sequence < job.sequence && isUndecided(earlier));
  return hasty ? [`${job.operation} ${job.sequence} began before an earlier job was decided about`] : [];
}
