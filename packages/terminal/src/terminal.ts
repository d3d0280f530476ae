import { duration } from './numbers';
import { paintFor, type Paint } from './paint';

const CLEAR_LINE = '\r\u001b[2K';
const LABEL_WIDTH = 30;

/** Where the demo says what it does. On a terminal the line of a running step is written over; in a file every line stays. */
export class Terminal {
  readonly paint: Paint;
  private readonly live: boolean;
  private transient = false;
  /** Whether anything was said yet. */
  used = false;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    noColor: string | undefined,
  ) {
    this.live = stream.isTTY;
    this.paint = paintFor(stream.isTTY, noColor);
  }

  line(text = ''): void {
    this.stream.write(`${this.transient ? CLEAR_LINE : ''}${text}\n`);
    this.transient = false;
    this.used = true;
  }

  /** A line that the next one replaces; not shown in a file. */
  passing(text: string): void {
    if (!this.live) return;
    this.transient = true;
    // Cut to one row: a line that wraps cannot be written over.
    this.stream.write(`${CLEAR_LINE}${text.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.paint.bold(text));
  }

  /** Something that is done. */
  done(label: string, detail: string): void {
    this.line(`  ${this.paint.green('✓')} ${label.padEnd(LABEL_WIDTH)} ${detail}`);
  }

  /** Runs one step; its line tells how long it took and what came of it. */
  async step<T>(label: string, work: (note: (text: string) => void) => Promise<T>, detail: (result: T) => string = () => ''): Promise<T> {
    const start = performance.now();
    const note = (text: string) => this.passing(`  … ${label.padEnd(LABEL_WIDTH)} ${text}`);
    note('');
    const result = await work(note);
    this.done(label, `${duration(performance.now() - start).padStart(8)}   ${detail(result)}`.trimEnd());
    return result;
  }
}
