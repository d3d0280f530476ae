import type { Entity } from '@repo/contracts/primitives';

/** What became of rows that have gone from the source. */
export type Deletes =
  /** The hub has deleted so many. */
  | { kind: 'committed'; tombstoned: number }
  /** Too many: the hub asks its operator first. */
  | { kind: 'held'; detail: string }
  /** The hub does not agree on what was sent, and has deleted nothing. */
  | { kind: 'refused'; code: string; detail: string }
  /** So many places of the source hold rows whose key cannot be read: they might be those that seem to have gone. */
  | { kind: 'unreadable'; places: number }
  /** The hub is older, and has no snapshots. */
  | { kind: 'not_supported' };

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
  /** Rows that are not at the source any more; only a whole push knows. */
  gone: number;
  /** Undefined when there was nothing to delete. */
  deletes: Deletes | undefined;
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
    gone: 0,
    deletes: undefined,
    verdicts: {},
    examples: [],
    mostExamples: MOST_EXAMPLES,
  };
}
