import { parseArgs } from 'node:util';

/** Items of the generated catalogue, unless `--rows` says another number. */
export const DEFAULT_ROWS = 30_000;
const MOST_ROWS = 1_000_000;

export interface DemoOptions {
  /** End after the main job instead of staying up. */
  once: boolean;
  /** A folder of real CSV files in place of the generated catalogue, as it was typed. */
  data: string | null;
  /** Items to generate. */
  rows: number;
  help: boolean;
}

export const TAKES = 'the demo takes --once, --data FOLDER, --rows N, --help';

export const HELP = `npm run demo -- [options]

  --once          do the main job, stop everything and exit
  --data FOLDER   push the catalogues in the CSV files of a folder instead of generated ones
  --rows N        generate N items (default ${DEFAULT_ROWS.toLocaleString('en-US')})
  --help          show this`;

/** Arguments that cannot be used; the message is one line that says what can. */
export class ArgumentsError extends Error {}

/**
 * Reads the command line.
 * @throws ArgumentsError
 */
export function readArguments(args: readonly string[]): DemoOptions {
  const { once = false, help = false, data, rows } = parse(args);
  if (data === '') throw new ArgumentsError('--data takes a folder');
  if (data !== undefined && rows !== undefined) throw new ArgumentsError('--rows is for generated items: it does not go with --data');
  return { once, help, data: data ?? null, rows: rows === undefined ? DEFAULT_ROWS : readRows(rows) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, data: { type: 'string' }, rows: { type: 'string' } },
    }).values;
  } catch (error) {
    // The parser's own message says what is wrong in its first sentence, and then talks of positional arguments.
    const [fault = ''] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new ArgumentsError(`${fault}: ${TAKES}`, { cause: error });
  }
}

function readRows(text: string): number {
  const rows = Number(text);
  if (/^\d+$/.test(text) && rows >= 1 && rows <= MOST_ROWS) return rows;
  throw new ArgumentsError(`--rows takes a number from 1 to ${MOST_ROWS.toLocaleString('en-US')}`);
}
