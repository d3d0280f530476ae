import fc from 'fast-check';
import { RowSplitter } from './split-rows';

function split(text: string | Buffer, chunkSize = 7): unknown {
  const bytes = Buffer.from(text as string);
  const splitter = new RowSplitter();
  for (let at = 0; at < bytes.length; at += chunkSize) splitter.write(bytes.subarray(at, at + chunkSize));
  return splitter.end().value;
}

/** Chunks that cut every row, and chunks that many rows stand in. */
const CHUNK_SIZE = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 1_000 }));

/** What a reader gives: the value, or that it refuses. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    return { refused: (error as Error).name };
  }
}

describe('reading an envelope row by row', () => {
  it('gives what JSON.parse gives, whatever the chunks', () => {
    const row = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }), fc.jsonValue());
    const envelope = fc.dictionary(fc.oneof(fc.constant('items'), fc.string()), fc.oneof(fc.array(row, { maxLength: 6 }), fc.jsonValue()), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(envelope, CHUNK_SIZE, fc.constantFrom(0, 1, 2), (value, chunkSize, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(split(text, chunkSize))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses exactly what JSON.parse refuses', () => {
    const text = JSON.stringify({ vendorId: 'v', items: [{ a: 1, b: '}{"]' }, { c: [{ d: [] }] }, 7, 'x', [{ e: {} }], {}] });
    const characters = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '0', 'x', '');
    fc.assert(
      fc.property(fc.nat({ max: text.length }), characters, fc.boolean(), CHUNK_SIZE, (at, character, replace, chunkSize) => {
        const spoiled = text.slice(0, at) + character + text.slice(replace ? at + 1 : at);
        const expected = outcome(() => JSON.parse(spoiled) as unknown);
        const found = outcome(() => split(spoiled, chunkSize));
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['', ' ', '{', '[', '{"items":[{}', '{"items":[{]}', '{"items":[{"a":1}{"b":2}]}', '{"items":[}]', '[{}]', '{"items":[{}]}}'])(
    'agrees with JSON.parse on %j',
    (text) => {
      expect(JSON.stringify(outcome(() => split(text, 3)))).toBe(JSON.stringify(outcome(() => JSON.parse(text) as unknown)));
    },
  );

  it('lets the last of two properties of one name win, as JSON.parse does', () => {
    expect(split('{"items":[{"a":1}],"items":[{"a":2},{"a":3}]}')).toEqual({ items: [{ a: 2 }, { a: 3 }] });
  });

  it('keeps a row that looks like a stand-in', () => {
    expect(split('{"items":[{"row":1},{"row":0}]}')).toEqual({ items: [{ row: 1 }, { row: 0 }] });
  });

  it('keeps text byte for byte when a chunk ends within a character', () => {
    expect(split('{"items":[{"sku":"🧀 crème brûlée 日本酒"}]}', 1)).toEqual({ items: [{ sku: '🧀 crème brûlée 日本酒' }] });
  });

  it('refuses what is not UTF-8', () => {
    expect(() => split(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow(TypeError);
  });

  it('says when rows have to be looked at', () => {
    const look = (text: string) => {
      const splitter = new RowSplitter();
      splitter.write(Buffer.from(text));
      return splitter.end().needsLook;
    };
    expect(look('{"items":[{"a":"b"}]}')).toBe(false);
    expect(look('{"items":[{"a":"b"},{"a":"\\u0000"}]}')).toBe(true);
    expect(look('{"items":[{"a":"\\\\u0000"}]}')).toBe(false);
  });
});
