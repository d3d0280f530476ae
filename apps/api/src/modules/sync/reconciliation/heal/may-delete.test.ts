import { mayDelete } from './may-delete';

it.each([
  [20, { live: 100, deletedLately: 0 }, true],
  [21, { live: 100, deletedLately: 0 }, false],
  // Of what there was a day ago.
  [10, { live: 90, deletedLately: 10 }, true],
  [11, { live: 90, deletedLately: 10 }, false],
  [1, { live: 1, deletedLately: 0 }, false],
  [0, { live: 0, deletedLately: 0 }, true],
])('%d rows of %j: %s', (rows, counts, may) => {
  expect(mayDelete(rows, counts, 20)).toBe(may);
});
