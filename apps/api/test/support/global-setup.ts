import setup from '@repo/dev-stack/jest-setup';
import { createDatabase } from '@repo/dev-stack/databases';
import { migrateDatabase } from '@repo/shared/database/migrate';

/** Servers for all test files, and one migrated database that each file's own is copied from. */
export default async function globalSetup(): Promise<void> {
  await setup();
  const template = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  await migrateDatabase(template.url);
  process.env['TEST_TEMPLATE'] = template.name;
}
