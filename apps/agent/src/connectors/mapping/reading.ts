/** What a cell could not be read as, in words for whoever looks after the source. Returned, not thrown: it happens row by row. */
export class Unreadable {
  constructor(readonly problem: string) {}
}

const LONGEST_SHOWN = 60;

/** A value as it is shown in a message: quoted, and cut when it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
