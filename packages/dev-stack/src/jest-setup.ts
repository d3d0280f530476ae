import { startTestServers, type TestServers } from './test-servers';

/** For `globalSetup`: servers for a package's tests, whose addresses the test files find in the environment. */
export default async function setup(): Promise<void> {
  const servers = await startTestServers();
  process.env.TEST_DATABASE_URL = servers.databaseUrl;
  process.env.TEST_REDIS_URL = servers.redisUrl;
  // Jest hands nothing from set-up to tear-down; both run in one process.
  (globalThis as { testServers?: TestServers }).testServers = servers;
  stopOnSignal(servers);
}

/** Jest runs no tear-down on Ctrl-C. Afterwards the signal is raised again, for whoever else listens or for its default. */
function stopOnSignal(servers: TestServers): void {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const onSignal = (signal: NodeJS.Signals) => {
    for (const each of signals) process.removeListener(each, onSignal);
    void servers.stop().finally(() => process.kill(process.pid, signal));
  };
  for (const signal of signals) process.on(signal, onSignal);
}
