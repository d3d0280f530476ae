export const INCIDENTS = ['leader', 'worker', 'redis', 'postgres', 'agent', 'unmapped', 'spike', 'empty'] as const;
export type IncidentName = (typeof INCIDENTS)[number];

/**
 * What can be seen of an incident. `health`, `metrics`: they showed it; `told`: the alert came; `over`: what was broken is mended;
 * `well`: nothing is left of it; `cleared`: it was told that it is over.
 */
export const MARKS = ['health', 'metrics', 'told', 'over', 'well', 'cleared'] as const;
export type Mark = (typeof MARKS)[number];

/** What became of an incident. */
export interface IncidentRecord {
  name: IncidentName;
  title: string;
  /** What must be seen of it: an incident that shows nowhere is a defect, too. */
  promises: readonly Mark[];
  /** Of `performance.now()`; null: it did not come to that. */
  begunAt: number | null;
  /** When each was seen first, of `performance.now()`. */
  marks: Partial<Record<Mark, number>>;
  /** What was awaited and did not come about, in words. */
  missed: string[];
}

/** What was promised of an incident and is not so, in words. */
export function judgeRecord({ name, promises, begunAt, marks, missed }: IncidentRecord): string[] {
  if (begunAt === null) return [...missed, 'it was not run'].map((what) => `${name}: ${what}`);
  const unseen = promises.filter((mark) => marks[mark] === undefined && missed.length === 0).map((mark) => `"${mark}" was never seen`);
  return [...missed, ...unseen].map((what) => `${name}: ${what}`);
}
