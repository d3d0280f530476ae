import path from 'node:path';
import setup from '@repo/dev-stack/jest-setup';
import { createDatabase } from '@repo/dev-stack/databases';
import { setup as bundleHub } from '@repo/jest-config/bundle-hub';
import { migrateDatabase } from '@repo/shared/database/migrate';

/** Servers for all test files, one migrated database that each file's own is copied from, and a hub that starts fast. */
export default async function globalSetup(): Promise<void> {
  await Promise.all([setup(), bundleHub(path.resolve(__dirname, '../../../..'))]);
  const template = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  await migrateDatabase(template.url);
  process.env['TEST_TEMPLATE'] = template.name;
}
