import os from 'node:os';

/** The middle one of several values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that `share` (0–1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const print = (line = '') => process.stdout.write(`${line}\n`);

/** Whole numbers with thin groups: 12 345. */
export const whole = (value: number) => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');

/** What the figures were measured on. */
export function printMachine(): void {
  const cpu = os.cpus()[0]?.model ?? 'unknown CPU';
  print(
    `machine: ${os.cpus().length} × ${cpu}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}, load ${os.loadavg()[0]?.toFixed(1)}`,
  );
}

/** One promise: a ratio or a bound, and whether it holds. */
export function printPromise(name: string, measured: number, relation: '>=' | '<', bound: number, unit = '×'): boolean {
  const holds = relation === '>=' ? measured >= bound : measured < bound;
  print(`  ${holds ? 'ok  ' : 'MISS'} ${name}: ${measured.toFixed(2)} ${unit} (promised ${relation} ${bound} ${unit})`);
  return holds;
}
