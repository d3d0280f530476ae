interface Part<C> {
  left: number;
  cursor: C;
}

/** Keeps the place in a source up to which everything was judged, whatever the order in which that happens. */
export class Acknowledged<C> {
  private readonly parts = new Map<number, Part<C>>();
  private oldest = 0;
  private next = 0;

  /** @param keep called with each place that is reached */
  constructor(private readonly keep: (cursor: C) => void) {}

  /** A part with so many rows to be judged, behind which the source is at `cursor`; gives its number. */
  begin(rows: number, cursor: C): number {
    this.parts.set(this.next, { left: rows, cursor });
    return this.next++;
  }

  /** One row of this part was judged. Nothing is kept yet for the newest part: its rows may still be on their way out. */
  judged(number: number): void {
    const part = this.parts.get(number);
    if (part === undefined) throw new Error(`part ${number} has ended`);
    part.left -= 1;
    this.advance(this.next - 1);
  }

  /** Everything was sent and judged. */
  end(): void {
    this.advance(this.next);
  }

  private advance(before: number): void {
    let reached: Part<C> | undefined;
    for (let part = this.parts.get(this.oldest); part?.left === 0 && this.oldest < before; part = this.parts.get(this.oldest)) {
      reached = part;
      this.parts.delete(this.oldest++);
    }
    if (reached !== undefined) this.keep(reached.cursor);
  }
}
