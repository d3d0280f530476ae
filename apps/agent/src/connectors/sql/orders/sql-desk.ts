import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import { SourceError, type OrderOutcome, type OrderReference } from '../../connector';
import { compileStatement, type Statement } from '../compile-statement';
import { SqlError, type Run, type SqlDriver, type SqlResult, type SqlValues } from '../drivers/driver';
import type { SqlOrders } from '../sql-config';
import { orderValues, type OrderFacts } from './order-parameters';

const NO_CANCEL = 'the configuration has no way to cancel an order in the ERP: cancel it there, or set orders.cancel';
const LONGEST_ERROR = 2000;
type Cancelled = OrderReference & { erpReference: string | null };

/** Writes orders into a database, each in one transaction, and finds them again by their job. */
export class SqlDesk {
  private readonly insert: readonly Statement[];
  private readonly insertLine: readonly Statement[];
  private readonly findStatement: Statement;

  constructor(
    private readonly config: SqlOrders,
    private readonly driver: SqlDriver,
  ) {
    const compile = (sql: string) => compileStatement(sql, driver.dialect);
    this.insert = config.insert.map(compile);
    this.insertLine = config.insertLine.map(compile);
    this.findStatement = compile(config.find);
  }

  /** A job that was done before is found and not done again, also when two try at once and the database refuses the second. */
  async create(order: CalledOrder, of: OrderReference, signal: AbortSignal): Promise<OrderOutcome> {
    signal.throwIfAborted();
    try {
      return await this.driver.write(async (run) => {
        const known = await this.findIn(run, of);
        if (known !== undefined) return known;
        const reference = await this.insertIn(run, order, of);
        const found = await this.findIn(run, of);
        if (found === undefined)
          throw new SourceError('orders.find does not find an order that was just inserted: correct the statements', false);
        return found.status === 'completed' ? { ...found, erpReference: found.erpReference ?? reference } : found;
      });
    } catch (error) {
      if (!(error instanceof SqlError) || !error.refused) throw error;
      return (await this.find(of, signal)) ?? { status: 'failed', error: error.message.slice(0, LONGEST_ERROR), retryable: false };
    }
  }

  find(of: OrderReference, signal: AbortSignal): Promise<OrderOutcome | undefined> {
    return this.findIn((statement, values) => this.driver.read(statement, values, signal), of);
  }

  async cancel(of: Cancelled, signal: AbortSignal): Promise<OrderOutcome> {
    signal.throwIfAborted();
    const { cancel } = this.config;
    if (cancel === undefined) return { status: 'failed', error: NO_CANCEL, retryable: false };
    try {
      return await this.driver.write(async (run) => {
        for (const sql of cancel.statements) await run(compileStatement(sql, this.driver.dialect), referenceValues(of));
        const done: OrderOutcome = { status: 'completed', erpReference: of.erpReference };
        if (cancel.find === undefined) return done;
        return outcomeOf(await run(compileStatement(cancel.find, this.driver.dialect), referenceValues(of))) ?? done;
      });
    } catch (error) {
      if (!(error instanceof SqlError) || !error.refused) throw error;
      return { status: 'failed', error: error.message.slice(0, LONGEST_ERROR), retryable: false };
    }
  }

  /** Looks for an order that cannot be there, which shows whether the statement works. */
  async check(signal: AbortSignal): Promise<string[]> {
    try {
      await this.find(
        { jobId: '00000000-0000-0000-0000-000000000000', orderId: '00000000-0000-0000-0000-000000000000', orderNumber: '' },
        signal,
      );
      return [];
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return [`orders.find: ${error.message}`];
    }
  }

  /** What the statements return as `reference`: the last that says one. */
  private async insertIn(run: Run, order: CalledOrder, of: OrderReference): Promise<string | null> {
    let reference: string | null = null;
    const step = async (statement: Statement, facts: Omit<OrderFacts, 'reference' | 'of'>) => {
      const result = await run(statement, orderValues(statement.names, { ...facts, of, reference }));
      reference = textOf(cell(result, 'reference')) ?? reference;
    };
    for (const statement of this.insert) await step(statement, { order });
    for (const line of order.lines) for (const statement of this.insertLine) await step(statement, { order, line });
    return reference;
  }

  private async findIn(run: Run, of: OrderReference): Promise<OrderOutcome | undefined> {
    return outcomeOf(await run(this.findStatement, referenceValues({ ...of, erpReference: null })));
  }
}

const referenceValues = ({ jobId, orderId, orderNumber, erpReference }: Cancelled): SqlValues => ({
  jobId,
  orderId,
  orderNumber,
  erpReference,
});

/** What the first row says; undefined when there is none. */
function outcomeOf(result: SqlResult): OrderOutcome | undefined {
  if (result.rows.length === 0) return undefined;
  const status = textOf(cell(result, 'status')) ?? 'completed';
  if (status === 'completed') return { status, erpReference: textOf(cell(result, 'reference')) };
  if (status === 'accepted') return { status };
  if (status !== 'failed')
    throw new SourceError(`orders.find gives the status "${status}": it must be accepted, completed or failed`, false);
  const error = textOf(cell(result, 'error')) ?? 'the ERP refused the order without saying why';
  return { status, error: error.slice(0, LONGEST_ERROR), retryable: false };
}

function cell({ columns, rows }: SqlResult, column: string): unknown {
  const place = columns.indexOf(column);
  return place < 0 ? null : rows[0]?.[place];
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
