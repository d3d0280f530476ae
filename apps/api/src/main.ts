import 'reflect-metadata';
import { SettingsError, readSettings } from './config/settings';
import { startHub } from './start-hub';

/** Boots one role of the hub from the environment. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, process.stdout.isTTY);
  await startHub(settings);
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError) for (const fault of error.faults) process.stderr.write(`${fault}\n`);
  else process.stderr.write(`The hub could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
