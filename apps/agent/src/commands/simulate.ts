import { readFile } from 'node:fs/promises';
import type { Terminal } from '@repo/terminal/terminal';
import { InvalidArgumentError } from 'commander';
import { progressLine, progressTable } from '../simulate/progress-line';
import { runSimulation } from '../simulate/run-simulation';
import { FAULT_LIST, type Fault, type SimulationOptions } from '../simulate/simulation-options';
import type { SimulationReport } from '../simulate/simulation-report';

/** As the command line has them. */
export type SimulateOptions = Omit<SimulationOptions, 'hubUrl' | 'forSeconds' | 'settleSeconds' | 'adminKey' | 'ordersKey' | 'codes'> & {
  hub: string;
  for: number;
  settle: number;
  codes?: string;
  json: boolean;
};

const LIVE_MS = 1_000;
const LINE_MS = 10_000;

/** Simulates vendors against a hub; gives the exit code: 1 when ERP and hub differ at the end. */
export async function simulate(options: SimulateOptions, terminal: Terminal, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { hub, for: forSeconds, settle: settleSeconds, codes, json, ...same } = options;
  const [adminKey, ordersKey] = [env['ERP_SIMULATE_ADMIN_KEY'], env['ERP_SIMULATE_ORDERS_KEY']];
  if (adminKey === undefined && ordersKey === undefined) {
    throw new InvalidArgumentError('A key is needed: ERP_SIMULATE_ADMIN_KEY, or ERP_SIMULATE_ORDERS_KEY together with --codes.');
  }
  const live = process.stdout.isTTY && !json;
  const say = (text: string) => (json ? process.stderr.write(`${text}\n`) : terminal.line(text));
  const stage = {
    say,
    show: (seconds: number, vendors: Parameters<typeof progressLine>[1]) =>
      live ? redraw(progressTable(vendors)) : void say(progressLine(seconds, vendors)),
    showEveryMs: live ? LIVE_MS : LINE_MS,
  };
  const codesByVendor = codes === undefined ? undefined : await readCodes(codes);
  const report = await runSimulation(
    { ...same, hubUrl: hub.replace(/\/+$/, ''), forSeconds, settleSeconds, adminKey, ordersKey, codes: codesByVendor },
    stage,
    signal,
  );
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printReport(terminal, report);
  return report.equal ? 0 : 1;
}

/** Comma-separated names, `all` or `none`. */
export function faultsOf(text: string): Fault[] {
  if (text === 'all') return [...FAULT_LIST];
  return text === 'none' ? [] : text.split(',').map((name) => FAULT_LIST.find((fault) => fault === name) ?? refuseFault(name));
}

function refuseFault(name: string): never {
  throw new InvalidArgumentError(`There is no fault "${name}": take ${FAULT_LIST.join(', ')}, "all" or "none".`);
}

/** A line a vendor: its id, blanks, its code. */
async function readCodes(file: string): Promise<Map<string, string>> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  return new Map(lines.map((line) => line.trim().split(/\s+/, 2) as [string, string]));
}

let drawn = 0;
/** Draws a table over the one of before. */
function redraw(lines: readonly string[]): void {
  process.stdout.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''}${lines.join('\n')}\n`);
  drawn = lines.length;
}

function printReport(terminal: Terminal, report: SimulationReport): void {
  const { green, red } = terminal.paint;
  const { vendors, rows, changes, deletes, returns, rowsSent, snapshots, ordersPlaced, ordersCancelled, ordersInErps, faults } = report;
  const [seconds, settleSeconds] = [report.seconds, report.settleSeconds].map((each) => each.toFixed(0));
  terminal.line();
  terminal.line(`seed ${report.seed}, ${vendors} vendors, ${rows} rows, ${changes} changes, ${rowsSent} rows sent`);
  terminal.line(`${deletes} articles went, ${returns} came back; ${snapshots} snapshots`);
  terminal.line(`${ordersPlaced} orders placed, ${ordersCancelled} cancelled, ${ordersInErps} in the ERPs`);
  terminal.line(`${seconds} s in all, ${settleSeconds} s to settle`);
  terminal.line(
    `faults: ${
      Object.entries(faults)
        .map(([fault, n]) => `${n} × ${fault}`)
        .join(', ') || 'none'
    }`,
  );
  const { ordersLost, ordersDoubled, ordersDiffering, rowsDiffering } = report;
  terminal.line(
    `orders lost ${ordersLost}, doubled ${ordersDoubled}, differing in other ways ${ordersDiffering}; rows differing ${rowsDiffering}`,
  );
  for (const { vendorId, count, examples } of report.differing) {
    terminal.line(red(`${vendorId}: ${count} differences`));
    for (const example of examples) terminal.line(`  ${example}`);
  }
  terminal.line(report.equal ? green('equal: every ERP and the hub hold the same') : red('NOT equal'));
}
