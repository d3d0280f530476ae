import { splitLines, type Line } from './line';
import { codeAt, LONGEST_LINE, readBlocks, type Block, type OpenFile } from './read-blocks';
import type { TextEncoding } from './text-encoding';

/** The lines of a file, many at a time. What cannot be decoded is told line by line, and spoils no other. */
export async function* readLines(file: OpenFile, encoding: TextEncoding, signal?: AbortSignal): AsyncGenerator<Line[]> {
  let number = 1;
  for await (const block of readBlocks(file, await bomLength(file, encoding), encoding, signal)) {
    const lines = linesOf(block, encoding, number);
    number += lines.length;
    yield lines;
  }
}

async function bomLength({ handle }: OpenFile, { bom }: TextEncoding): Promise<number> {
  const head = Buffer.alloc(bom.length);
  const { bytesRead } = await handle.read(head, 0, bom.length, 0);
  return bytesRead === bom.length && head.equals(bom) ? bom.length : 0;
}

function linesOf({ bytes, tooLong }: Block, encoding: TextEncoding, number: number): Line[] {
  if (tooLong) return [{ number, text: '', eol: '\n', fault: `is longer than ${LONGEST_LINE} bytes` }];
  const text = encoding.decode(bytes);
  if (encoding.isSound(bytes, text) && !text.includes('\0')) return splitLines(text, number);
  return splitBytes(bytes, encoding).map((part, index) => judged(part, encoding, number + index));
}

function judged(bytes: Buffer, encoding: TextEncoding, number: number): Line {
  const text = encoding.decode(bytes);
  const [line = { number, text: '', eol: '', fault: undefined }] = splitLines(text, number);
  if (text.includes('\0')) return { ...line, fault: 'holds NUL bytes, as files have that were not written to the end' };
  if (!encoding.isSound(bytes, text)) return { ...line, fault: `holds bytes that are not ${encoding.name}` };
  return line;
}

/** The bytes of each line, with its end. */
function splitBytes(bytes: Buffer, encoding: TextEncoding): Buffer[] {
  const { unit } = encoding;
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = 0; at + unit <= bytes.length; at += unit) {
    const code = codeAt(bytes, at, encoding);
    if (code !== 0x0a && (code !== 0x0d || codeAt(bytes, at + unit, encoding) === 0x0a)) continue;
    parts.push(bytes.subarray(start, at + unit));
    start = at + unit;
  }
  if (start < bytes.length) parts.push(bytes.subarray(start));
  return parts;
}
