import type { Entity } from '@repo/contracts/primitives';
import type { PushResult } from './push/push-rows';
import { OUTCOMES } from './push/tally';
import { count, duration, rate } from '@repo/terminal/numbers';
import { table } from '@repo/terminal/table';

/** One push of one entity of one vendor. */
export interface PushRecord extends Pick<PushResult, 'tally' | 'ms'> {
  vendorId: string;
  entity: Entity;
  push: 'first' | 'again';
}

/** A table of all pushes: a column for every verdict that occurred. */
export function summaryTable(records: readonly PushRecord[]): string[] {
  const outcomes = OUTCOMES.filter((outcome) => records.some(({ tally }) => tally.of(outcome) > 0));
  const numeric = (heading: string) => ({ heading, numeric: true });
  return table(
    [
      { heading: 'vendor' },
      { heading: 'entity' },
      { heading: 'push' },
      numeric('rows'),
      ...outcomes.map(numeric),
      numeric('time'),
      numeric('rows/s'),
    ],
    records.map(({ vendorId, entity, push, tally, ms }) => [
      vendorId,
      entity,
      push,
      count(tally.rows),
      ...outcomes.map((outcome) => (tally.of(outcome) === 0 ? '·' : count(tally.of(outcome)))),
      duration(ms),
      rate(tally.rows, ms),
    ]),
  );
}
