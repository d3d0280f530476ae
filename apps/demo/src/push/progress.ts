import { count, duration, rate } from '@repo/terminal/numbers';
import type { Tally } from './tally';

const BAR_WIDTH = 24;
const LABEL_WIDTH = 12;

/** A bar of `width` cells for a share of 0 to 1. */
export function bar(share: number, width = BAR_WIDTH): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** A push under way: bar, rows, speed, verdicts so far. */
export function progressLine(label: string, total: number, tally: Tally, ms: number): string {
  const rows = `${count(tally.rows).padStart(count(total).length)} of ${count(total)} rows`;
  return `  … ${label.padEnd(LABEL_WIDTH)} ${bar(total === 0 ? 1 : tally.rows / total)} ${rows}  ${rate(tally.rows, ms)} rows/s  ${verdicts(tally)}`.trimEnd();
}

/** A push that is done, as what follows its mark: label, rows, time, speed, verdicts. */
export function pushedLine(label: string, tally: Tally, ms: number): string {
  const numbers = `${count(tally.rows).padStart(9)} ${tally.rows === 1 ? 'row ' : 'rows'} ${duration(ms).padStart(9)} ${rate(tally.rows, ms).padStart(9)} rows/s`;
  return `${label.padEnd(LABEL_WIDTH)}${numbers}   ${verdicts(tally)}`.trimEnd();
}

/** `29,984 created, 16 superseded`, or `all unchanged` when there is but one kind. */
export function verdicts(tally: Tally): string {
  const occurred = tally.occurred();
  if (occurred.length === 1) return `all ${occurred[0]}`;
  return occurred.map((outcome) => `${count(tally.of(outcome))} ${outcome}`).join(', ');
}
