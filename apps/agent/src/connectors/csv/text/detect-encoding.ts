import { isAscii, isUtf8 } from 'node:buffer';
import { readBlocks, type OpenFile } from './read-blocks';
import { textEncoding, UTF_16BE, UTF_16LE, UTF_8, type TextEncoding } from './text-encoding';

const HEAD_BYTES = 4096;
/** So many more lines of the one than of the other settle it without reading on. */
const CLEAR_LEAD = 1000;

/**
 * Which encoding a file has: that of its byte order mark; UTF-16 when every other byte is NUL; UTF-8 when its bytes say so; else
 * Windows-1252. A damaged line does not turn a UTF-8 file into something else: accents that are UTF-8 hardly come about by chance,
 * so the larger number of lines decides.
 */
export async function detectEncoding(file: OpenFile, signal?: AbortSignal): Promise<TextEncoding> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.handle.read(buffer, 0, HEAD_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  for (const encoding of [UTF_8, UTF_16LE, UTF_16BE]) if (head.subarray(0, encoding.bom.length).equals(encoding.bom)) return encoding;
  return withoutMark(head) ?? ((await isMostlyUtf8(file, signal)) ? UTF_8 : windows1252());
}

function windows1252(): TextEncoding {
  const encoding = textEncoding('windows-1252');
  if (encoding === undefined) throw new TypeError('no windows-1252');
  return encoding;
}

/** UTF-16 without a mark: of western text, one byte of each character is NUL. */
function withoutMark(head: Buffer): TextEncoding | undefined {
  const nuls = [0, 0];
  for (let at = 0; at < head.length; at++) if (head[at] === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  const most = head.length / 2;
  if (odd > most / 2 && even < most / 10) return UTF_16LE;
  return even > most / 2 && odd < most / 10 ? UTF_16BE : undefined;
}

async function isMostlyUtf8(file: OpenFile, signal?: AbortSignal): Promise<boolean> {
  let utf8 = 0;
  let other = 0;
  for await (const { bytes } of readBlocks(file, 0, { unit: 1, bigEndian: false }, signal)) {
    if (isAscii(bytes)) continue;
    if (isUtf8(bytes)) {
      utf8++;
      continue;
    }
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(0x0a, start);
      const end = found < 0 ? bytes.length : found + 1;
      const line = bytes.subarray(start, end);
      if (isUtf8(line)) utf8 += isAscii(line) ? 0 : 1;
      else other++;
      start = end;
    }
    if (Math.abs(other - utf8) > CLEAR_LEAD) break;
  }
  return utf8 >= other;
}
