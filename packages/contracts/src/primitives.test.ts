import fc from 'fast-check';
import { z } from 'zod';
import { freeObject, PageQuery } from './primitives';
import { findUnsafe } from './unsafe-values';

const read = (query: object) => z.strictObject(PageQuery).safeParse(query);

it('reads pages and limits of digits, and takes the first page of 50 when nothing is said', () => {
  expect(read({}).data).toEqual({ page: 1, limit: 50 });
  expect(read({ page: '7', limit: '100' }).data).toEqual({ page: 7, limit: 100 });
});

it.each(['0', '-1', '101', '1e1', '0x10', ' 5', '5 ', '', '1.0', '٣', '00000000005'])(
  'refuses the limit %j, and says what it takes',
  (limit) => {
    expect(read({ limit }).error?.issues).toMatchObject([{ path: ['limit'], message: 'must be a whole number from 1 to 100' }]);
  },
);

it('takes a free-form object of exactly as many bytes of JSON as it says, however few characters they are', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'é', '日', '🧀', '"', '\\', '\n', '\u0001') });
  const objects = fc.dictionary(texts, fc.oneof(texts, fc.array(texts), fc.dictionary(texts, fc.jsonValue()), fc.double({ noNaN: true })));
  fc.assert(
    fc.property(objects, (made) => {
      const object = JSON.parse(JSON.stringify(made)) as unknown;
      fc.pre(findUnsafe(object) === undefined);
      const bytes = Buffer.byteLength(JSON.stringify(object));
      expect([bytes - 1, bytes].map((most) => freeObject(most).safeParse(object).success)).toEqual([false, true]);
    }),
  );
});
