import type { Line } from '../text/line';
import { MOST_LINES, scanRecord, type Dialect } from './scan-record';

/** A record, or a line that is part of none. */
export type ReadRecord = { line: number; cells: readonly string[] } | { line: number; problem: string };

export interface RecordForm extends Dialect {
  /** How many cells each record must have. */
  columns: number;
  /** What a line begins with that is to be left out. */
  comment: string | undefined;
  /** The last line must have a line end, as a sign that the file was written to the end. */
  wholeLastLine: boolean;
}

type Step = { kind: 'skip' } | { kind: 'record'; end: number; cells: string[] } | { kind: 'bad'; problem: string } | { kind: 'more' };

/** Small enough that a thousand of them are less than a bad line. */
const DELIMITER_COST = 0.0001;

/**
 * Makes records of lines. Each line is either part of a record or told as bad by its number, and after a bad one reading goes on
 * with the very next line: whatever is wrong with a record, the others stay whole.
 */
export class RecordReader {
  private waiting: Line[] = [];

  constructor(private readonly form: RecordForm) {}

  /** The records of these lines and of those that had to wait for them; `last`: no more are to come. */
  read(more: readonly Line[], last: boolean): ReadRecord[] {
    const lines = this.waiting.length === 0 ? more : [...this.waiting, ...more];
    const records: ReadRecord[] = [];
    let at = 0;
    for (let line = lines[at]; line !== undefined; line = lines[at]) {
      let step = this.step(lines, at, last);
      if (step.kind === 'record' && step.end > at) step = this.arbitrate(lines, at, step, last);
      if (step.kind === 'more') break;
      if (step.kind === 'record') records.push({ line: line.number, cells: step.cells });
      if (step.kind === 'bad') records.push({ line: line.number, problem: step.problem });
      at = step.kind === 'record' ? step.end + 1 : at + 1;
    }
    this.waiting = lines.slice(at);
    return records;
  }

  /** What is to be made of the line at this place alone, or of it with those that follow. */
  private step(lines: readonly Line[], at: number, last: boolean): Step {
    const line = lines[at];
    if (line === undefined) return { kind: 'more' };
    if (line.fault !== undefined) return { kind: 'bad', problem: line.fault };
    if (isBlank(line.text) || (this.form.comment !== undefined && line.text.startsWith(this.form.comment))) return { kind: 'skip' };
    if (line.eol === '' && this.form.wholeLastLine) return { kind: 'bad', problem: 'has no line end: the file ends within it' };
    const scan = scanRecord(lines, at, this.form);
    if (scan.kind === 'open') return last ? { kind: 'bad', problem: scan.problem } : { kind: 'more' };
    if (scan.kind === 'bad') return scan;
    if (scan.cells.length === this.form.columns) return scan.cells.every(isBlank) ? { kind: 'skip' } : scan;
    if (scan.end === at && scan.cells.every(isBlank)) return { kind: 'skip' };
    const torn = lines[scan.end]?.eol === '' ? ': the file ends within it' : '';
    return { kind: 'bad', problem: `has ${scan.cells.length} columns instead of ${this.form.columns}${torn}` };
  }

  /**
   * A record of several lines may be real, or a stray quote that met the quote of a later record. Both readings are followed
   * until they agree on where a record begins; the one with fewer bad lines is right, and of two that have as many the one that
   * takes fewer delimiters for text.
   */
  private arbitrate(lines: readonly Line[], from: number, record: Extract<Step, { kind: 'record' }>, last: boolean): Step {
    let [whole, wholeCost] = [record.end + 1, this.cost(record, from)];
    let [split, splitCost] = [from + 1, 1];
    while (whole !== split && Math.max(whole, split) - from <= 2 * MOST_LINES) {
      const at = Math.min(whole, split);
      if (at >= lines.length && last) break;
      const step = this.step(lines, at, last);
      if (step.kind === 'more') return step;
      const next = step.kind === 'record' ? step.end + 1 : at + 1;
      if (whole < split) [whole, wholeCost] = [next, wholeCost + this.cost(step, at)];
      else [split, splitCost] = [next, splitCost + this.cost(step, at)];
    }
    if (wholeCost <= splitCost) return record;
    return { kind: 'bad', problem: 'a quote is not closed: it meets that of a later line' };
  }

  /** 1 for a bad line; far less for each delimiter within the text of a record of several lines. */
  private cost(step: Step, at: number): number {
    if (step.kind === 'bad') return 1;
    if (step.kind !== 'record' || step.end === at) return 0;
    const delimiters = step.cells.reduce((sum, cell) => sum + (/[\r\n]/.test(cell) ? cell.split(this.form.delimiter).length - 1 : 0), 0);
    return Math.min(delimiters, 1000) * DELIMITER_COST;
  }
}

/** Nothing, or the end-of-file sign of old systems. */
const isBlank = (text: string) => text === '' || text === '\u001a' || text.trim() === '';
