import { z } from 'zod';
import { PageQuery } from './primitives';

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
