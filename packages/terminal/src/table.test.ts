import { table } from './table';

it('aligns words to the left and numbers to the right', () => {
  const lines = table(
    [{ heading: 'vendor' }, { heading: 'rows', numeric: true }],
    [
      ['northwind', '77'],
      ['oe', '30,000'],
    ],
  );
  expect(lines).toEqual(['vendor       rows', 'northwind      77', 'oe         30,000']);
});

it('is its headings alone without rows', () => {
  expect(table([{ heading: 'vendor' }, { heading: 'rows', numeric: true }], [])).toEqual(['vendor  rows']);
});
