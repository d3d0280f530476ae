import { isSameDrift, readDrift, textOfDrift } from './standing-drift';

const root = (count: number, digest: string) => `${count}.${digest.padStart(16, '0')}`;
const drift = (erpRoot: string, hubRoot: string) => ({ erpRoot, hubRoot });
const lost = drift(root(3, '6'), root(2, '4'));

it.each([
  ['nothing came in', lost, lost, true],
  ['the ERP changed on', lost, drift(root(4, '9'), root(2, '4')), false],
  ['what changed on one side came in on the other', lost, drift(root(5, '16'), root(4, '14')), true],
  ['the same beyond the end of the digits', drift(root(1, '1'), root(1, '0')), drift(root(1, '0'), root(1, 'ffffffffffffffff')), true],
  ['a batch is on its way', lost, drift(root(3, '6'), root(2, '5')), false],
  ['as many rows, but others', lost, drift(root(5, '16'), root(4, '15')), false],
  ['the digests differ as much, of other numbers of rows', lost, drift(root(5, '16'), root(3, '14')), false],
])('is the same drift, or not: %s', (_name, before, now, stands) => {
  expect(isSameDrift(before, now)).toBe(stands);
});

it('is remembered as text, and what is no such text is forgotten', () => {
  expect(readDrift(textOfDrift(lost))).toEqual(lost);
  expect(['', '2.0000000000000004', 'a b', `${textOfDrift(lost)} `].map(readDrift)).toEqual([undefined, undefined, undefined, undefined]);
});
