import { parseArgs } from 'node:util';
import { CHAOS_TRANSPORTS, RUN_KINDS, type ChaosTransport, type RunKind } from './schedule/chaos-fault';

/** What `pnpm test:chaos` was asked for. */
export interface ChaosArguments {
  /** Seeds of each kind. */
  seeds: number;
  /** The number of the first one. */
  from: number;
  /** Of a run that is about orders. */
  orders: number;
  kinds: readonly RunKind[];
  transport: ChaosTransport;
  /** A file of results: the seeds that have finished in it are not run again. */
  resume: string | null;
}

export const USAGE = `pnpm test:chaos [--seeds N] [--from SEED] [--orders N] [--kind ${RUN_KINDS.join('|')}] [--transport ${CHAOS_TRANSPORTS.join('|')}] [--resume FILE]`;

/** @throws Error that says what an argument takes */
export function readArguments(args: readonly string[]): ChaosArguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    // A `--` of pnpm's comes through.
    args: args.filter((argument) => argument !== '--'),
    options: { seeds: text, from: text, orders: text, kind: text, transport: text, resume: text },
  });
  const whole = (name: 'seeds' | 'from' | 'orders', fallback: number): number => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number of at least 1`);
    return value;
  };
  const kind = RUN_KINDS.find((one) => one === values.kind);
  if (values.kind !== undefined && kind === undefined) throw new Error(`--kind takes one of ${RUN_KINDS.join(', ')}`);
  const transport = values.transport === undefined ? 'mixed' : CHAOS_TRANSPORTS.find((one) => one === values.transport);
  if (transport === undefined) throw new Error(`--transport takes one of ${CHAOS_TRANSPORTS.join(', ')}`);
  return {
    seeds: whole('seeds', 4),
    from: whole('from', 1),
    orders: whole('orders', 1_000),
    kinds: kind === undefined ? RUN_KINDS : [kind],
    transport,
    resume: values.resume ?? null,
  };
}
