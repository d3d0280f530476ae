import teardown from '@repo/dev-stack/jest-teardown';
import { teardown as removeBundle } from '@repo/jest-config/bundle-hub';

/** Stops the servers, and removes the hub that was made for these tests. */
export default async function globalTeardown(): Promise<void> {
  removeBundle();
  await teardown();
}
