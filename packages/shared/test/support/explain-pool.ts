import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';
import type { Db } from '../../src/database/connect';
import * as schema from '../../src/database/schema/all-tables';

/** One step of a plan, as PostgreSQL reports it. */
interface PlanStep {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Heap Fetches'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: PlanStep[];
}

/** What a statement did. */
export interface Explained {
  /** Tables that it read as a whole. */
  wholeTables: string[];
  /** Indexes of a table that it used. */
  indexes(table: string): string[];
  /** Rows of a table that it looked at, those that a filter threw away too. */
  looked(table: string): number;
  /** Those of them that it read from the table itself, not from an index alone. */
  fetched(table: string): number;
  /** Pages that it touched. */
  pages: number;
}

type Statement = string | { text: string; values?: unknown[] };

/** A pool whose statements are run to be explained, and taken back: nothing changes, and they give no rows. */
export function explainPool(pool: Pool): { pool: Pool; explained: Explained[] } {
  const explained: Explained[] = [];
  const explain = async (client: PoolClient | Pool, statement: Statement, values?: unknown[]) => {
    const { text, values: own = values } = typeof statement === 'string' ? { text: statement } : statement;
    if (/^\s*(begin|commit|rollback|set)/.test(text)) return client.query(text.replace('commit', 'rollback'));
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanStep }] }>(
      `explain (analyze, buffers, timing off, format json) ${text}`,
      own,
    );
    const root = rows[0]?.['QUERY PLAN'][0].Plan;
    if (root !== undefined) explained.push(read(root));
    return { rows: [], rowCount: 0 };
  };
  const connect = async () => {
    const client = await pool.connect();
    return {
      query: (statement: Statement, values?: unknown[]) => explain(client, statement, values),
      release: (error?: Error) => client.release(error),
    };
  };
  const query = async (statement: Statement, values?: unknown[]) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      return await explain(client, statement, values);
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  return { pool: { connect, query } as unknown as Pool, explained };
}

/** What each statement of `work` did, which takes the database as Drizzle has it; likewise. */
export async function explainDb(pool: Pool, work: (db: Db) => Promise<unknown>): Promise<Explained[]> {
  const { pool: explaining, explained } = explainPool(pool);
  const client = await explaining.connect();
  try {
    await work(drizzle(client, { schema }));
  } finally {
    client.release();
  }
  return explained;
}

function read(root: PlanStep): Explained {
  const steps = (step: PlanStep): PlanStep[] => [step, ...(step.Plans ?? []).flatMap(steps)];
  const all = steps(root);
  const of = (table: string) => all.filter((step) => step['Relation Name'] === table);
  const looked = (step: PlanStep) =>
    ((step['Actual Rows'] ?? 0) + (step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Index Recheck'] ?? 0)) *
    (step['Actual Loops'] ?? 1);
  return {
    wholeTables: all.filter((step) => step['Node Type'] === 'Seq Scan').map((step) => step['Relation Name'] ?? ''),
    // A bitmap names its index in a step of its own, without the table.
    indexes: (table) => [...new Set(all.map((step) => step['Index Name'] ?? '').filter((name) => name.startsWith(table)))].sort(),
    looked: (table) => of(table).reduce((sum, step) => sum + looked(step), 0),
    fetched: (table) => of(table).reduce((sum, step) => sum + (step['Heap Fetches'] ?? looked(step)), 0),
    pages: (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0),
  };
}
