import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** How the bytes of a file become text. */
export interface TextEncoding {
  readonly name: string;
  /** Bytes of the smallest unit: line ends are looked for at its multiples. */
  readonly unit: 1 | 2;
  readonly bigEndian: boolean;
  readonly bom: Buffer;
  decode(this: void, bytes: Buffer): string;
  /** Whether every byte has a meaning; `text` is what `decode` made of them. */
  isSound(this: void, bytes: Buffer, text: string): boolean;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const evenAndWhole = (bytes: Buffer, text: string) => bytes.length % 2 === 0 && !LONE_SURROGATE.test(text);

export const UTF_8: TextEncoding = {
  name: 'utf-8',
  unit: 1,
  bigEndian: false,
  bom: Buffer.from([0xef, 0xbb, 0xbf]),
  decode: (bytes) => bytes.toString('utf8'),
  isSound: (bytes) => isUtf8(bytes),
};

export const UTF_16LE: TextEncoding = {
  name: 'utf-16le',
  unit: 2,
  bigEndian: false,
  bom: Buffer.from([0xff, 0xfe]),
  decode: (bytes) => bytes.toString('utf16le'),
  isSound: evenAndWhole,
};

export const UTF_16BE: TextEncoding = {
  name: 'utf-16be',
  unit: 2,
  bigEndian: true,
  bom: Buffer.from([0xfe, 0xff]),
  decode: (bytes) =>
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le'),
  isSound: evenAndWhole,
};

const UNICODE: ReadonlyMap<string, TextEncoding> = new Map(
  [UTF_8, UTF_16LE, UTF_16BE].flatMap((encoding) => [
    [encoding.name, encoding],
    [encoding.name.replaceAll('-', ''), encoding],
  ]),
);

/** What must look in every encoding as it does in ASCII, so that lines can be told apart before they are decoded. */
const ASCII_SIGNS = '\r\n,;"\t|#0Az';

/** The encoding of this name; undefined when there is none, or when its lines cannot be told apart. */
export function textEncoding(name: string): TextEncoding | undefined {
  const plain = name.toLowerCase();
  const unicode = UNICODE.get(plain);
  if (unicode !== undefined) return unicode;
  if (!iconv.encodingExists(plain) || iconv.encode(ASCII_SIGNS, plain).toString('latin1') !== ASCII_SIGNS) return undefined;
  return {
    name: plain,
    unit: 1,
    bigEndian: false,
    bom: Buffer.alloc(0),
    decode: (bytes) => iconv.decode(bytes, plain, { stripBOM: false }),
    // None of these can write U+FFFD itself.
    isSound: (_bytes, text) => !text.includes('\ufffd'),
  };
}
