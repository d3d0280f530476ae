import path from 'node:path';
import setup from '@repo/dev-stack/jest-setup';
import { setup as bundleHub } from '@repo/jest-config/bundle-hub';

/** Servers for all test files, and a hub that starts fast. */
export default async function globalSetup(): Promise<void> {
  await Promise.all([setup(), bundleHub(path.resolve(__dirname, '../../../..'))]);
}
