import type { Entity } from '@repo/contracts/primitives';

/** What a push of one entity came to, while it goes on and at its end. */
export interface PushReport {
  entity: Entity;
  /** Records of the source, bad ones too. */
  read: number;
  unchanged: number;
  /** Rows that a later one of the same key replaced before they were sent. */
  replaced: number;
  /** Places in the source that are no rows. */
  bad: number;
  /** Of a dry run: what would be sent. */
  toSend: number;
  /** Rows that the hub has judged. */
  sent: number;
  /** How many, by verdict: `created`, `unchanged`, `unmapped_unit`, … */
  verdicts: Record<string, number>;
  /** Some of the rows that were not taken. */
  examples: { key: string; verdict: string; detail: string }[];
  mostExamples: number;
}

const MOST_EXAMPLES = 20;

export function noReport(entity: Entity): PushReport {
  return {
    entity,
    read: 0,
    unchanged: 0,
    replaced: 0,
    bad: 0,
    toSend: 0,
    sent: 0,
    verdicts: {},
    examples: [],
    mostExamples: MOST_EXAMPLES,
  };
}
