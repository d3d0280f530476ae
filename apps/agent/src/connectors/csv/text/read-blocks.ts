import type { FileHandle } from 'node:fs/promises';

/** The most bytes of one line, and what is held of a file at once. */
export const LONGEST_LINE = 512 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/** Whole lines of a file; the bytes are overwritten by the next block. `tooLong`: one line of which only the end is here. */
export interface Block {
  bytes: Buffer;
  tooLong: boolean;
}

/** How wide a character is at least, and which of its bytes comes first. */
export interface Units {
  unit: 1 | 2;
  bigEndian: boolean;
}

/** A file that is open, and how much of it is to be read: what is added meanwhile is no part of it. */
export interface OpenFile {
  handle: FileHandle;
  bytes: number;
}

/** Reads a file from `position` in blocks of whole lines, in memory that does not grow; the last line may lack its end. */
export async function* readBlocks(file: OpenFile, position: number, units: Units, signal?: AbortSignal): AsyncGenerator<Block> {
  const buffer = Buffer.allocUnsafe(LONGEST_LINE);
  let filled = 0;
  let tooLong = false;
  for (let at = position; ;) {
    signal?.throwIfAborted();
    const room = Math.min(buffer.length - filled, file.bytes - at);
    const { bytesRead } = room > 0 ? await file.handle.read(buffer, filled, room, at) : { bytesRead: 0 };
    at += bytesRead;
    filled += bytesRead;
    const end = bytesRead === 0;
    const held = buffer.subarray(0, filled);
    if (tooLong) {
      const first = end ? filled : firstLineEnd(held, units);
      if (first > 0 || end) {
        yield { bytes: held.subarray(0, first), tooLong: true };
        tooLong = false;
        buffer.copyWithin(0, first, filled);
        filled -= first;
        if (end) return;
        continue;
      }
    }
    const cut = end ? filled : lastLineEnd(held, units);
    if (cut > 0 && !tooLong) yield { bytes: held.subarray(0, cut), tooLong: false };
    if (end) return;
    buffer.copyWithin(0, cut, filled);
    filled -= cut;
    if (filled < buffer.length) continue;
    // The last two units stay: they may be half of a line end.
    tooLong = true;
    buffer.copyWithin(0, filled - 2 * units.unit, filled);
    filled = 2 * units.unit;
  }
}

/** Just behind the last line end that is whole for certain: a CR at the very end may have its LF still to come. */
function lastLineEnd(bytes: Buffer, units: Units): number {
  const even = bytes.length - (bytes.length % units.unit);
  for (let at = even - units.unit; at >= 0; at -= units.unit) {
    const code = codeAt(bytes, at, units);
    if (code === LF || (code === CR && at + units.unit < even)) return at + units.unit;
  }
  return 0;
}

function firstLineEnd(bytes: Buffer, units: Units): number {
  for (let at = 0; at + units.unit <= bytes.length; at += units.unit) {
    const code = codeAt(bytes, at, units);
    if (code === LF) return at + units.unit;
    if (code !== CR || at + 2 * units.unit > bytes.length) continue;
    return at + (codeAt(bytes, at + units.unit, units) === LF ? 2 : 1) * units.unit;
  }
  return 0;
}

/** The character at a place, as far as it can be a line end. */
export function codeAt(bytes: Buffer, at: number, { unit, bigEndian }: Units): number {
  if (unit === 1) return bytes[at] ?? 0;
  return bigEndian ? ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0) : (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
