import type { TestServers } from './test-servers';

/** For `globalTeardown`, beside `jest-setup`. */
export default async function teardown(): Promise<void> {
  await (globalThis as { testServers?: TestServers }).testServers?.stop();
}
