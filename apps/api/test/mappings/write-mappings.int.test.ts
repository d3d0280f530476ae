import { loadMappings } from '@repo/shared/database/mappings/load-mappings';
import { lockEntity } from '@repo/shared/database/entity-lock';
import { writeMappings } from '@repo/shared/database/mappings/write-mappings';
import { mapping, openTestDatabase, versionOf, write, type TestDatabase } from './mapping-fixture';

describe('writing mappings', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());

  it('seeds 5,000 in one statement, and says exactly what was created, updated and left alone', async () => {
    const all = Array.from({ length: 5_000 }, (_, i) => mapping(i % 2 === 0 ? 'unit' : 'vat', `C${i}`, `R${i}`));
    const statements = jest.spyOn(database.pool, 'query');
    const first = await writeMappings(database.db, 'seeded', all);
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
    expect(first).toHaveLength(5_000);
    expect(first.every(({ before }) => before === null)).toBe(true);
    expect(await versionOf(database, 'seeded')).toEqual({ version: '1', applied: '0' });

    expect(await write(database, 'seeded', all)).toEqual([]);
    expect(await versionOf(database, 'seeded')).toEqual({ version: '1', applied: '0' });

    const changed = all.map((entry, i) => (i < 7 ? { ...entry, restoLabel: 'changed' } : entry)).concat(mapping('unit', 'new', 'NEW'));
    const second = await write(database, 'seeded', changed);
    expect(second.filter(({ before }) => before === null).map(({ code }) => code)).toEqual(['new']);
    expect(second.flatMap(({ before }) => before ?? [])).toHaveLength(7);
    expect(second.find(({ code }) => code === 'C0')?.before).toEqual(all[0]);
    expect(await versionOf(database, 'seeded')).toEqual({ version: '2', applied: '0' });
    const { rows } = await database.pool.query(
      'select changed_in, count(*)::int from erp_code_mappings where vendor_id = $1 group by 1 order by 1',
      ['seeded'],
    );
    expect(rows).toEqual([
      { changed_in: '1', count: 4_993 },
      { changed_in: '2', count: 8 },
    ]);
  });

  it('does not take another way to write the same rate for a change', async () => {
    await write(database, 'rates', [mapping('vat', 'T1', 'FR', '5.5')]);
    expect(await write(database, 'rates', [mapping('vat', 'T1', 'FR', '5.5000000000')])).toEqual([]);
    expect(await write(database, 'rates', [mapping('vat', 'T1', 'FR', '5.6')])).toHaveLength(1);
  });

  it('keeps codes apart that differ in case, spaces or accents alone', async () => {
    await write(
      database,
      'exact',
      ['BX', 'bx', 'BX ', 'BÉ', 'BE\u0301'].map((code, i) => mapping('unit', code, `R${i}`)),
    );
    const { found } = await loadMappings(database.pool, 'exact', [
      { type: 'unit', code: 'BX ' },
      { type: 'unit', code: 'BE\u0301' },
    ]);
    expect(found.map(({ restoCode }) => restoCode).sort()).toEqual(['R2', 'R4']);
  });

  it('writes nothing of a mapping for another vendor or type', async () => {
    await write(database, 'mine', [mapping('unit', 'BX', 'BOX')]);
    const codes = [
      { type: 'unit', code: 'BX' },
      { type: 'family', code: 'BX' },
    ] as const;
    expect(await loadMappings(database.pool, 'theirs', codes)).toEqual({ version: null, found: [] });
    expect((await loadMappings(database.pool, 'mine', codes)).found.map(({ type }) => type)).toEqual(['unit']);
  });

  it('lets two writers of one vendor come one after the other, each at a version of its own', async () => {
    const writers = Array.from({ length: 8 }, (_, i) =>
      write(database, 'raced', [mapping('unit', 'BX', `R${i}`), mapping('unit', `W${i}`, 'W')]),
    );
    const written = (await Promise.all(writers)).flat();
    expect(await versionOf(database, 'raced')).toEqual({ version: '8', applied: '0' });
    // One created BX; every other one saw the one before it.
    const chain = written.filter(({ code }) => code === 'BX').map(({ before }) => before?.restoCode ?? null);
    expect(new Set(chain).size).toBe(8);
    const { rows } = await database.pool.query(
      `select count(distinct changed_in)::int as versions from erp_code_mappings where vendor_id = 'raced'`,
    );
    expect(rows).toEqual([{ versions: 8 }]);
  });

  it('waits for the batches that are writing, and holds back those that come after', async () => {
    const order: string[] = [];
    const batch = await database.pool.connect();
    await batch.query('begin');
    const key = await lockKeyOf('held');
    await batch.query('select pg_advisory_xact_lock_shared($1)', [key]);
    const writing = write(database, 'held', [mapping('unit', 'BX', 'BOX')]).then(() => order.push('mapping'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    order.push('batch');
    await batch.query('commit');
    batch.release();
    await writing;
    expect(order).toEqual(['batch', 'mapping']);
  });

  async function lockKeyOf(vendorId: string): Promise<string> {
    return database.db.transaction(async (tx) => {
      await lockEntity(tx, vendorId, 'items');
      const { rows } = await tx.execute<{ key: string }>(
        `select ((classid::bigint << 32) | objid::bigint)::text as key from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`,
      );
      return rows[0]?.key ?? '';
    });
  }
});
