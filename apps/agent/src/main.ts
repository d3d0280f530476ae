#!/usr/bin/env node
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { Terminal } from '@repo/terminal/terminal';
import { Command, InvalidArgumentError } from 'commander';
import { doctor } from './commands/doctor';
import { explainFailure } from './commands/explain-failure';
import { init, type InitOptions } from './commands/init';
import { push } from './commands/push';
import { run } from './commands/run';
import { status } from './commands/status';
import { VERSION } from './version';

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
  .action((options: { entity?: Entity; full: boolean; dryRun: boolean }) =>
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

void program.parseAsync();
