import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Entity } from '@repo/contracts/primitives';
import { count } from '@repo/terminal/numbers';
import type { BadRecord } from '../sync/plan-part';

const MOST_SHOWN = 20;

/** The places of a source that cannot be read: the first ones to be shown, all of them in a file where one was named. */
export class ProblemList {
  readonly shown: string[] = [];
  private total = 0;
  private readonly file: WriteStream | undefined;
  private failure: Error | undefined;

  constructor(private readonly name: string | undefined) {
    this.file = name === undefined ? undefined : createWriteStream(name);
    // Told of when it is closed: a push does not end half-way because of its list.
    this.file?.on('error', (error) => (this.failure = error));
  }

  add(entity: Entity, { where, problem }: BadRecord): void {
    const line = `${entity}: ${where}: ${problem}`;
    this.total += 1;
    if (this.shown.length < MOST_SHOWN) this.shown.push(line);
    if (this.failure === undefined) this.file?.write(`${line}\n`);
  }

  /** @throws when the file could not be written */
  async close(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.file !== undefined) await finished(this.file.end());
  }

  /** Where the others are. */
  get more(): string | undefined {
    if (this.total <= this.shown.length) return undefined;
    const where = this.name === undefined ? 'push with `--problems FILE` to have all of them listed' : `all of them are in ${this.name}`;
    return `${count(this.total - this.shown.length)} more places that cannot be read: ${where}`;
  }
}
