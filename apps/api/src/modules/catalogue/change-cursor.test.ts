import * as fc from 'fast-check';
import { ApiError } from '../../platform/errors/api-error';
import { decodeCursor, encodeCursor, type ChangeCursor } from './change-cursor';

const CURSOR: ChangeCursor = {
  entity: 'stock',
  vendorId: 'vendor-1',
  position: { changeSeq: '9223372036854775807', key: ['W1', 'A/1 é 🧀'] },
  updatedSince: 1_769_848_200_123_456,
  coveredUntil: 1_769_848_200_123,
};
const EXPECTED = { entity: 'stock', vendorId: 'vendor-1' } as const;

const WIRE = { v: 1, e: 'stock', i: 'vendor-1', s: '7', k: ['W1', 'A-1'], u: null, t: 0 };
const forge = (changes: Record<string, unknown>): string => Buffer.from(JSON.stringify({ ...WIRE, ...changes })).toString('base64url');

function refusal(cursor: string, expected: Parameters<typeof decodeCursor>[1] = EXPECTED): unknown {
  try {
    return decodeCursor(cursor, expected);
  } catch (error) {
    return error instanceof ApiError ? { code: error.code, path: error.errors?.[0]?.path } : error;
  }
}
const REFUSED = { code: 'invalid_request', path: 'cursor' };

const keyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }).filter((key) => !key.includes('\0'));

it('comes back as it was given out, whatever the keys', () => {
  fc.assert(
    fc.property(keyText, keyText, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.option(fc.nat()), fc.nat(), (a, b, seq, since, t) => {
      const cursor: ChangeCursor = {
        ...CURSOR,
        position: { changeSeq: String(seq), key: [a, b] },
        updatedSince: since,
        coveredUntil: t,
      };
      expect(decodeCursor(encodeCursor(cursor), EXPECTED)).toEqual(cursor);
    }),
  );
});

it('is short enough for the contract also with the longest keys', () => {
  const longest = (unit: string) => ({
    ...CURSOR,
    vendorId: 'v'.repeat(64),
    position: { ...CURSOR.position, key: [unit.repeat(100), unit.repeat(100)] },
  });
  expect(encodeCursor(longest('\u0001')).length).toBeLessThanOrEqual(3_000);
  expect(encodeCursor(longest('🧀')).length).toBeLessThanOrEqual(3_000);
});

it('may be forged as far as it is well-formed', () => {
  expect(decodeCursor(forge({}), EXPECTED)).toMatchObject({ position: { changeSeq: '7', key: ['W1', 'A-1'] } });
});

it('of another list or vendor is refused', () => {
  expect(refusal(encodeCursor(CURSOR), { entity: 'items', vendorId: 'vendor-1' })).toEqual(REFUSED);
  expect(refusal(encodeCursor(CURSOR), { entity: 'stock', vendorId: 'vendor-2' })).toEqual(REFUSED);
});

it.each([
  ['nothing', ''],
  ['no Base64', '!!!'],
  ['padded Base64', `${forge({})}==`],
  ['cut short', forge({}).slice(0, -2)],
  ['no JSON', Buffer.from('cursor').toString('base64url')],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64url')],
  ['null', Buffer.from('null').toString('base64url')],
  ['an array', Buffer.from('[]').toString('base64url')],
  ['another version', forge({ v: 2 })],
  ['an unknown entity', forge({ e: 'orders' })],
  ['an unknown property', forge({ x: 1 })],
  ['a prototype', Buffer.from(JSON.stringify(WIRE).replace('{', '{"__proto__":{},')).toString('base64url')],
  ['no number', forge({ s: '1; select 1' })],
  ['a negative number', forge({ s: '-1' })],
  ['a number as such', forge({ s: 7 })],
  ['a number past 64 bits', forge({ s: '9223372036854775808' })],
  ['too few key parts', forge({ k: ['W1'] })],
  ['too many key parts', forge({ k: ['W1', 'A-1', 'B'] })],
  ['too long a key', forge({ k: ['W1', 'A'.repeat(101)] })],
  ['a NUL character', forge({ k: ['W1', '\0'] })],
  ['half a surrogate pair', forge({ k: ['W1', '\ud800'] })],
  ['a key that is no text', forge({ k: ['W1', 1] })],
  ['a broken time', forge({ t: 1.5 })],
  ['a time before 1970', forge({ t: -1 })],
  ['a time past the last one', forge({ t: 8.64e15 + 1 })],
  ['a filter that is no time', forge({ u: 'yesterday' })],
])('with %s is refused', (_what, cursor) => {
  expect(refusal(cursor)).toEqual(REFUSED);
});

it('holds any text without anything but invalid_request', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      ),
      (text) => {
        expect(refusal(text)).toEqual(REFUSED);
      },
    ),
  );
});
