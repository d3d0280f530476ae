import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const LARGEST = 16 * 1024 * 1024;

/** Puts a log that has grown large aside, so that two files of a bounded size are all that a server ever leaves. */
export function rotateLog(file: string): void {
  if (logSize(file) > LARGEST) renameSync(file, `${file}.old`);
}

/** Bytes in the log, 0 when there is none. */
export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was written to the log from the byte `start` on, at most the last 64 kB of it. */
export function readLogFrom(file: string, start: number): string {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(start, size - 65_536);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    readSync(fd, buffer, 0, buffer.length, from);
    return buffer.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

/** The end of an output, on one line. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join(' / ');
}
