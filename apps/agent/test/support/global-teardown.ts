import teardown from '@repo/dev-stack/jest-teardown';
import { teardown as removeBundle } from '@repo/jest-config/bundle-hub';

export default async function globalTeardown(): Promise<void> {
  removeBundle();
  await teardown();
}
