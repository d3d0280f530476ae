import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { SettingsError, readSettings } from './config/settings';
import { startHub } from './start-hub';

// By default the heap may reach a multiple of what lives before old garbage is collected; with batches of 5,000 rows that is
// hundreds of megabytes. Half is enough to be rid of that; less costs speed: see docs/performance.md.
setFlagsFromString('--heap-growing-percent=50');

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
