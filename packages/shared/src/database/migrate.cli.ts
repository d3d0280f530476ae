import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { migrateDatabase } from './migrate';

/** `pnpm db:migrate [--restored]`: brings the database of DATABASE_URL to the present schema. */
async function main(): Promise<void> {
  const { DATABASE_URL: given, DATABASE_URL_FILE: file } = process.env;
  const url = given || (file ? readFileSync(file, 'utf8').trim() : '');
  if (url === '') {
    process.stderr.write(
      'DATABASE_URL (or DATABASE_URL_FILE) is not set: give the URL of the PostgreSQL to migrate, such as postgres://user@localhost:5432/hub\n',
    );
    process.exitCode = 1;
    return;
  }
  const { values } = parseArgs({ options: { restored: { type: 'boolean', default: false } } });
  const found = await migrateDatabase(url, values);
  process.stdout.write('The database is at the present schema.\n');
  if (found !== undefined) {
    process.stdout.write(
      `It was restored from a backup: ${found.jobs} jobs are asked after before they are sent. See docs/operations.md.\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`The migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
