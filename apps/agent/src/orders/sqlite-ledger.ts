import type { EndOptions, JobEnd, JobState, LedgerEntry, LedgerJob, OrderLedger } from '@erp-sync-hub/agent-sdk/orders/order-ledger';
import type { AgentDatabase } from '../state/agent-database';

interface StoredJob {
  job_id: string;
  order_id: string;
  order_number: string;
  operation: LedgerJob['operation'];
  attempt: number;
  accepted_at: number;
  state: string;
  callback_owed: number;
}

const COLUMNS = 'job_id, order_id, order_number, operation, attempt, accepted_at, state, callback_owed';

/** The jobs that an agent was given, in its SQLite file: every change is one statement, on the disk before it resolves. */
export class SqliteLedger implements OrderLedger {
  constructor(private readonly database: AgentDatabase) {}

  async get(jobId: string): Promise<LedgerEntry | undefined> {
    const row = this.database.prepare(`select ${COLUMNS} from order_jobs where job_id = ?`).get(jobId) as StoredJob | undefined;
    return Promise.resolve(row && toEntry(row));
  }

  async accept({ jobId, orderId, orderNumber, operation, attempt, acceptedAt }: LedgerJob): Promise<void> {
    const state = JSON.stringify({ status: 'accepted', submitted: false } satisfies JobState);
    this.change(
      `insert into order_jobs (${COLUMNS}, status) values (?, ?, ?, ?, ?, ?, ?, 0, 'accepted')
       on conflict (job_id) do update set attempt = excluded.attempt, accepted_at = excluded.accepted_at, state = excluded.state,
         status = excluded.status, callback_owed = 0`,
      [jobId, orderId, orderNumber, operation, attempt, acceptedAt, state],
    );
    return Promise.resolve();
  }

  async submitted(jobId: string): Promise<void> {
    const state = JSON.stringify({ status: 'accepted', submitted: true } satisfies JobState);
    this.change(`update order_jobs set state = ? where job_id = ? and status = 'accepted'`, [state, jobId]);
    return Promise.resolve();
  }

  complete(jobId: string, end: Omit<Extract<JobEnd, { status: 'completed' }>, 'status'>, options: EndOptions): Promise<void> {
    return this.end(jobId, { status: 'completed', ...end }, options);
  }

  fail(jobId: string, end: Omit<Extract<JobEnd, { status: 'failed' }>, 'status'>, options: EndOptions): Promise<void> {
    return this.end(jobId, { status: 'failed', ...end }, options);
  }

  async forget(jobId: string): Promise<void> {
    this.change('delete from order_jobs where job_id = ?', [jobId]);
    return Promise.resolve();
  }

  async callbackTaken(jobId: string, attempt: number): Promise<void> {
    this.change(`update order_jobs set callback_owed = 0 where job_id = ? and attempt = ? and status <> 'accepted'`, [jobId, attempt]);
    return Promise.resolve();
  }

  async unfinished(): Promise<LedgerEntry[]> {
    return Promise.resolve(this.list(`status = 'accepted'`));
  }

  async owed(): Promise<LedgerEntry[]> {
    return Promise.resolve(this.list('callback_owed = 1'));
  }

  /** How many jobs there are, by status. */
  counts(): Record<JobState['status'], number> {
    const found = this.database.prepare('select status, count(*) as n from order_jobs group by status').all() as {
      status: JobState['status'];
      n: number;
    }[];
    return { accepted: 0, completed: 0, failed: 0, ...Object.fromEntries(found.map(({ status, n }) => [status, n])) };
  }

  /** Drops jobs that ended and were accepted before then; gives how many. */
  dropEnded(before: Date): number {
    return this.database
      .prepare(`delete from order_jobs where status <> 'accepted' and callback_owed = 0 and accepted_at < ?`)
      .run(before.getTime()).changes;
  }

  private async end(jobId: string, state: JobEnd, { attempt, callbackOwed }: EndOptions): Promise<void> {
    this.change('update order_jobs set state = ?, status = ?, attempt = ?, callback_owed = ? where job_id = ?', [
      JSON.stringify(state),
      state.status,
      attempt,
      callbackOwed ? 1 : 0,
      jobId,
    ]);
    return Promise.resolve();
  }

  private change(sql: string, values: readonly (string | number)[]): void {
    this.database.prepare(sql).run(...values);
  }

  private list(where: string): LedgerEntry[] {
    const rows = this.database
      .prepare(`select ${COLUMNS} from order_jobs where ${where} order by accepted_at, job_id`)
      .all() as StoredJob[];
    return rows.map(toEntry);
  }
}

function toEntry(row: StoredJob): LedgerEntry {
  return {
    jobId: row.job_id,
    orderId: row.order_id,
    orderNumber: row.order_number,
    operation: row.operation,
    attempt: row.attempt,
    acceptedAt: row.accepted_at,
    state: JSON.parse(row.state) as JobState,
    callbackOwed: row.callback_owed === 1,
  };
}
