import { execFileSync } from 'node:child_process';
import { mkdtempSync, cpSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { useTestDatabase } from '../../../test/support/test-database';
import { isMigrated, migrateDatabase, MIGRATIONS_FOLDER } from '../migrate';

/** Tables that belong to no vendor, or where the vendor is only what an entry is about. */
const NOT_OF_A_VENDOR = ['alerts', 'audit_log', 'hub_state', 'schedule_runs'];

describe('the schema', () => {
  const test = useTestDatabase({ migrated: false });

  it('comes from empty by migrations that many processes may run at once', async () => {
    expect(await isMigrated(test.client)).toBe(false);
    await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(test.url)));
    expect(await isMigrated(test.client)).toBe(true);
    await migrateDatabase(test.url);
  });

  it('agrees with the committed migrations: generating again finds nothing to do', () => {
    const package_ = path.resolve(__dirname, '../../..');
    const copy = mkdtempSync(path.join(os.tmpdir(), 'migrations-'));
    try {
      cpSync(MIGRATIONS_FOLDER, copy, { recursive: true });
      const before = readdirSync(copy).sort();
      const schema = path.join(package_, 'src/database/schema/all-tables.ts');
      const kit = path.join(package_, 'node_modules/.bin/drizzle-kit');
      execFileSync(kit, ['generate', '--dialect', 'postgresql', '--schema', schema, '--out', path.relative(package_, copy)], {
        cwd: package_,
      });
      expect(readdirSync(copy).sort()).toEqual(before);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('begins every key and foreign key of a table of a vendor with vendor_id, which is never null', async () => {
    await migrateDatabase(test.url);
    const { rows } = await test.client.query<{ table: string; name: string; first: string; nullable: boolean }>(
      `select c.conrelid::regclass::text as table, c.conname as name,
          (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) as first,
          not (select attnotnull from pg_attribute where attrelid = c.conrelid and attname = 'vendor_id') as nullable
        from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
        where n.nspname = 'public' and c.contype in ('p', 'u', 'f') and not t.relname = any($1)`,
      [NOT_OF_A_VENDOR],
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ first, nullable }) => first !== 'vendor_id' || nullable)).toEqual([]);
  });

  it('begins the referenced side of every foreign key with vendor_id, too', async () => {
    const { rows } = await test.client.query<{ name: string; first: string }>(
      `select c.conname as name, (select attname from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[1]) as first
        from pg_constraint c join pg_namespace n on n.oid = c.connamespace where n.nspname = 'public' and c.contype = 'f'`,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ first }) => first !== 'vendor_id')).toEqual([]);
  });

  it('keeps time with zone everywhere', async () => {
    const { rows } = await test.client.query(
      `select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type = 'timestamp without time zone'`,
    );
    expect(rows).toEqual([]);
  });
});
