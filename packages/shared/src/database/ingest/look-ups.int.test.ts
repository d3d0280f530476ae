import { useTestDatabase } from '../../../test/support/test-database';
import { numberLiteral, textLiteral } from './array-literal';
import { READ_STATEMENTS } from './read-batch-state';
import { advanceStatement, upsertColumns, upsertStatement } from './write-statements';

// Few beside the table: reading a table of hardly more rows than the batch has at once would be right.
const KEYS = Array.from({ length: 100 }, (_, i) => `S${i * 70 + 1}`);

/** What the planner was told last before the vendor of the test came. */
const STATISTICS = {
  'no statistics at all': [],
  'statistics of an empty table': ['vacuum analyze items'],
  'statistics that know another vendor only': [items('another', 2_000), 'analyze items'],
  'true statistics': ['analyze items'],
};

function items(vendorId: string, count: number): string {
  return `insert into items (vendor_id, sku, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest,
      erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate)
    select '${vendorId}', 'S' || i, repeat('n', 200), 'h', '2020-01-01Z', now(), now(), i / 500, i, i, 'u', 'v', 'u', 'u', 'v', 1
    from generate_series(1, ${count}) as i`;
}

describe.each(Object.entries(STATISTICS))('with %s', (name, before) => {
  const test = useTestDatabase();
  beforeAll(async () => {
    const { client } = test;
    await client.query('alter table items set (autovacuum_enabled = false)');
    if (name !== 'true statistics') for (const statement of before) await client.query(statement);
    await client.query(items('vendor', 20_000));
    if (name === 'true statistics') for (const statement of before) await client.query(statement);
  });

  /** The most rows of `items` that any step of the plan has read. */
  const mostRead = async (statement: string, values: unknown[]): Promise<number> => {
    const { rows } = await test.client.query<{ 'QUERY PLAN': [{ Plan: PlanStep }] }>(
      `explain (analyze, timing off, format json) ${statement}`,
      values,
    );
    const steps = (step: PlanStep): PlanStep[] => [step, ...(step.Plans ?? []).flatMap(steps)];
    const [{ Plan: root }] = rows[0]?.['QUERY PLAN'] ?? [{ Plan: {} }];
    return Math.max(
      ...steps(root)
        .filter((step) => step['Relation Name'] === 'items')
        .map((step) => (step['Actual Rows'] ?? 0) * (step['Actual Loops'] ?? 1)),
    );
  };

  it('reads only the rows of a batch, never the whole vendor', async () => {
    expect(await mostRead(READ_STATEMENTS.items, ['vendor', textLiteral(KEYS), null])).toBe(KEYS.length);
  });

  it('advances only the rows of a batch', async () => {
    const values = ['vendor', textLiteral(KEYS), textLiteral(KEYS.map(() => 'h')), textLiteral(KEYS.map(() => '2021-01-01Z'))];
    expect(await mostRead(advanceStatement('items'), values)).toBe(KEYS.length);
  });

  it('upserts through the primary key', async () => {
    const own = upsertColumns('items').map(({ column, kind }) =>
      column === 'sku'
        ? textLiteral(KEYS)
        : kind === 'text'
          ? textLiteral(KEYS)
          : column === 'vat_rate'
            ? textLiteral(KEYS.map(() => '1'))
            : '{}',
    );
    const values = [
      'vendor',
      null,
      ...own,
      textLiteral(KEYS.map(() => 'x')),
      textLiteral(KEYS.map(() => '2022-01-01Z')),
      numberLiteral(KEYS.map((_, i) => i)),
      numberLiteral(KEYS.map((_, i) => i)),
    ];
    const { rows } = await test.client.query<{ key: string }>(upsertStatement('items', 'shared'), values);
    expect(rows.map(({ key }) => key).sort()).toEqual([...KEYS].sort());
  });
});

interface PlanStep {
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  Plans?: PlanStep[];
}
