import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

/**
 * A file to which lines of JSON are appended, each written before the next thing happens. Not flushed to the disk: it has to
 * outlive a kill of the process, not of the machine.
 */
export class Journal<T> {
  /** What was in the file when it was opened. */
  readonly found: T[];
  private readonly file: number;

  constructor(path: string) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // A kill may have cut the last line short; what it said has not happened yet.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    this.found = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
    this.file = openSync(path, 'a');
  }

  append(entry: T): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let written = 0; written < line.length;) written += writeSync(this.file, line, written);
  }

  close(): void {
    closeSync(this.file);
  }
}
