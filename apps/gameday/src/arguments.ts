import { parseArgs } from 'node:util';
import { Failure } from '@repo/terminal/failure';
import { INCIDENTS, type IncidentName } from './timeline/incident-record';

/** What `pnpm gameday` was asked for. */
export interface GamedayOptions {
  /** Simulated vendors under steady load. */
  vendors: number;
  /** Articles of each; as many rows of stock. */
  items: number;
  /** Rows that change a second, of all together. */
  changes: number;
  /** Orders a second, of all together. */
  orders: number;
  /** Orders that come at once. */
  spike: number;
  /** The least time of load, in seconds: it goes on when the incidents are through. */
  forSeconds: number;
  /** Draws the order of the incidents, what they choose, and what vendors do. */
  seed: string;
  only: readonly IncidentName[];
  /** Where the timeline and the verdict are written, as JSON. */
  json: string | null;
  /** Keep the logs when all went well, too. */
  keepLogs: boolean;
  help: boolean;
}

export const HELP = `pnpm gameday [options]

  --vendors N     simulated vendors under steady load (default 6)
  --items N       articles of each, and as many rows of stock (default 500)
  --changes N     rows that change a second, of all together (default 20)
  --orders N      orders a second, of all together (default 1)
  --spike N       orders that are placed at once in the spike (default 1000)
  --for SECONDS   the least time of load; it goes on when the incidents are through (default 0)
  --only A,B      only these incidents: ${INCIDENTS.join(', ')}
  --seed TEXT     draws the order of the incidents and what vendors do (default 1)
  --json FILE     write the timeline and the verdict there, too
  --keep-logs     keep the logs when all went well, too
  --help          show this

Exits with 1 when an order was lost or doubled, a row differs, or an incident was not seen, told or over.`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** @throws Failure that says what an argument takes */
export function readArguments(args: readonly string[]): GamedayOptions {
  const values = parse(args.filter((argument) => argument !== '--'));
  const number = (name: 'vendors' | 'items' | 'changes' | 'orders' | 'spike' | 'for', fallback: number, least: number, most: number) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    const whole = name !== 'changes' && name !== 'orders';
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new Failure(`--${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    }
    return value;
  };
  const { seed = '1', only, json } = values;
  if (!/^[\w.-]{1,30}$/.test(seed)) throw new Failure('--seed takes 1 to 30 letters, digits, dots, dashes or underscores');
  if (json === '') throw new Failure('--json takes a file');
  return {
    vendors: number('vendors', 6, 1, 500),
    items: number('items', 500, 1, 100_000),
    changes: number('changes', 20, 0, 10_000),
    orders: number('orders', 1, 0.01, 1_000),
    spike: number('spike', 1_000, 50, 100_000),
    forSeconds: number('for', 0, 0, 86_400),
    seed,
    only: only === undefined ? INCIDENTS : only.split(',').map(incidentNamed),
    json: json ?? null,
    keepLogs: values['keep-logs'] ?? false,
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    const numbers = { vendors: text, items: text, changes: text, orders: text, spike: text, for: text };
    const options = { ...numbers, only: text, seed: text, json: text, 'keep-logs': flag, help: { ...flag, short: 'h' } };
    return parseArgs({ args, options }).values;
  } catch (error) {
    // The parser's own message says what is wrong in its first sentence, and then talks of positional arguments.
    const [fault = ''] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new Failure(`${fault}: --help shows what it takes`, { cause: error });
  }
}

function incidentNamed(name: string): IncidentName {
  const found = INCIDENTS.find((one) => one === name);
  if (found === undefined) throw new Failure(`There is no incident "${name}": --only takes of ${INCIDENTS.join(', ')}`);
  return found;
}
