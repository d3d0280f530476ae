#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { Terminal } from '@repo/terminal/terminal';
import { Command, InvalidArgumentError } from 'commander';
import { doctor } from './commands/doctor';
import { explainFailure } from './commands/explain-failure';
import { init, type InitOptions } from './commands/init';
import { push } from './commands/push';
import { rotate } from './commands/rotate';
import { run } from './commands/run';
import { faultsOf, simulate, type SimulateOptions } from './commands/simulate';
import { status } from './commands/status';
import { VERSION } from './version';

// Left alone, V8 lets garbage pile up to hundreds of megabytes before it collects: this machine has the ERP to serve. Costs some
// speed, of which the hub's limits leave plenty; measured in docs/performance.md.
for (const flag of ['--heap-growing-percent=30', '--semi-space-growth-factor=1']) setFlagsFromString(flag);

// Whoever reads the output may have read enough: `erp-agent status | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const terminal = new Terminal(process.stdout, process.env['NO_COLOR']);

/** Aborted by Ctrl-C or an order to end; the second one ends the process at once. */
function untilTold(): AbortSignal {
  const ending = new AbortController();
  const end = (signal: NodeJS.Signals) => {
    if (ending.signal.aborted) process.exit(1);
    ending.abort(new Error(`ended by ${signal}`));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return ending.signal;
}

function entity(text: string): Entity {
  const found = ENTITY_LIST.find((each) => each === text);
  if (found === undefined) throw new InvalidArgumentError(`Take one of ${ENTITY_LIST.join(', ')}.`);
  return found;
}

/** A number of a command line, within bounds. */
function number(least: number, most: number, whole = true): (text: string) => number {
  return (text) => {
    const value = Number(text.replace(/s$/, ''));
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`Take a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
    }
    return value;
  };
}

function transport(text: string): 'pull' | 'push' {
  if (text !== 'pull' && text !== 'push') throw new InvalidArgumentError('Take pull or push.');
  return text;
}

function seed(text: string): string {
  if (!/^[\w.-]{1,40}$/.test(text)) throw new InvalidArgumentError('Take 1 to 40 letters, digits, dots, dashes or underscores.');
  return text;
}

const program = new Command('erp-agent')
  .description('Keeps the hub in step with the ERP beside it, and brings it the orders.')
  .version(VERSION)
  .option('-c, --config <file>', 'the configuration', 'erp-agent.yaml');
const configFile = () => program.opts<{ config: string }>().config;

/** Runs a command, tells what went wrong in words, and ends with its code. */
async function finish(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    process.exitCode = 1;
    for (const line of explainFailure(error)) process.stderr.write(`${line}\n`);
  }
}

program
  .command('init')
  .description('register this agent, and write its configuration')
  .option('--hub <url>', 'address of the hub')
  .option('--vendor <id>', 'the vendor id')
  .option('--code <code>', 'an enrolment code, from the operator of the hub (better in ERP_AGENT_CODE: it is seen in no list of processes)')
  .option('--erp <name>', 'which ERP this is, in your words')
  .option('--folder <folder>', 'the folder of the CSV files')
  .action((options: InitOptions) => finish(() => init(configFile(), options, terminal, process.env, untilTold())));
program
  .command('doctor')
  .description('look at everything that the agent needs, and say what to do about what is wrong')
  .action(() => finish(() => doctor(configFile(), terminal, untilTold())));
program
  .command('push')
  .description('send what changed, once')
  .option('--entity <entity>', `only this one: ${ENTITY_LIST.join(', ')}`, entity)
  .option('--full', 'read everything, not only what changed since the last time', false)
  .option('--dry-run', 'read and compare, and send nothing', false)
  .option('--problems <file>', 'list every place of the source that cannot be read in this file')
  .action((options: { entity?: Entity; full: boolean; dryRun: boolean; problems?: string }) =>
    finish(() => push(configFile(), { ...options, entity: options.entity }, terminal, untilTold())),
  );
program
  .command('run')
  .description('work until told to end: what changes, orders, heartbeats')
  .action(() => finish(() => run(configFile(), untilTold())));
program
  .command('status')
  .description('what was sent and taken, and what the hub says of this agent')
  .action(() => finish(() => status(configFile(), terminal)));
program
  .command('rotate')
  .description('replace the secrets of this agent; stop it before, start it afterwards')
  .action(() => finish(() => rotate(configFile(), terminal, process.env)));
program
  .command('simulate')
  .description(
    'simulate vendors against a hub, and compare both sides at the end (for tests and game days; needs a key, see docs/simulator.md)',
  )
  .requiredOption('--hub <url>', 'address of the hub')
  .option('--vendors <n>', 'how many vendors', number(1, 1_000), 5)
  .option('--items <n>', 'articles of each', number(1, 1_000_000), 1_000)
  .option('--change-rate <n>', 'rows that change a second, of all together', number(0, 10_000, false), 10)
  .option('--orders <n>', 'orders that are placed, of all together', number(0, 1_000_000), 50)
  .option('--faults <list>', 'what goes wrong: names with commas, "all" or "none"', faultsOf, [])
  .option('--fault-rate <share>', 'how often it does, where it can', number(0, 1, false), 0.05)
  .option('--seed <text>', 'draws the same for the same seed', seed, '1')
  .option('--transport <how>', 'how the hub reaches the agents: pull or push', transport, 'pull')
  .option('--listen-host <address>', 'for push: the address of this machine that the hub can reach', '127.0.0.1')
  .option('--heartbeat-every <seconds>', 'from one heartbeat of a vendor to the next', number(0.1, 3_600, false), 20)
  .option('--for <seconds>', 'how long changes and orders go on', number(1, 604_800, false), 60)
  .option('--settle <seconds>', 'how long both sides may take to become equal afterwards', number(0, 86_400, false), 180)
  .option('--codes <file>', 'enrolment codes, a line a vendor: id and code; instead of an admin key')
  .option('--json', 'the report as one line of JSON', false)
  .action((options: SimulateOptions) => finish(() => simulate(options, terminal, process.env, untilTold())));

void program.parseAsync();
