import fc from 'fast-check';
import { splitLines } from '../text/line';
import { RecordReader, type ReadRecord } from './record-reader';

const COLUMNS = 3;
const form = { delimiter: ';', quote: '"', columns: COLUMNS, comment: '#', wholeLastLine: false } as const;

/** Reads a text, `chunk` lines at a time. */
function read(text: string, chunk = 1000): ReadRecord[] {
  const reader = new RecordReader(form);
  const lines = splitLines(text, 1);
  const records: ReadRecord[] = [];
  for (let at = 0; at < lines.length; at += chunk) records.push(...reader.read(lines.slice(at, at + chunk), false));
  return [...records, ...reader.read([], true)];
}

const inShort = (records: readonly ReadRecord[]) =>
  records.map((record) => ('cells' in record ? record.cells.join('|') : `! ${record.line}: ${record.problem}`));

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const write = (cell: string, always: boolean) => (always || /[;"\r\n]/.test(cell) ? quoted(cell) : cell);

describe('records', () => {
  it('may hold delimiters, quotes and lines in quotes', () => {
    expect(inShort(read('a;"b;c";d\n"x ""y""";"two\r\nlines";\n'))).toEqual(['a|b;c|d', 'x "y"|two\r\nlines|']);
  });

  it('leave out blank lines, comments, lines of delimiters alone and the old end-of-file sign', () => {
    expect(inShort(read('\n# no\n;;\n   \na;b;c\n\u001a'))).toEqual(['a|b|c']);
  });

  it.each([
    ['a;"b;c\nd;e;f\ng;"h";i\n', ['! 1: there is text behind the closing quote of column 2', 'd|e|f', 'g|h|i']],
    ['a;b"c;d\ng;h;i\n', ['! 1: there is a " within column 2', 'g|h|i']],
    ['a;"b"c;d\ng;h;i\n', ['! 1: there is text behind the closing quote of column 2', 'g|h|i']],
    ['a;b\ng;h;i\nj;k;l;m\n', ['! 1: has 2 columns instead of 3', 'g|h|i', '! 3: has 4 columns instead of 3']],
    ['a;b;c\ng;h', ['a|b|c', '! 2: has 2 columns instead of 3: the file ends within it']],
    ['a;b;c\ng;"h;i', ['a|b|c', '! 2: the quote in column 2 is not closed']],
    // The stray quote of line 1 and the first one of the record below make a record of three columns.
    ['a;x;"b\nc;"\nd";e\nf;g;h\n', ['! 1: a quote is not closed: it meets that of a later line', 'c|\nd|e', 'f|g|h']],
  ])('%j are read one by one, and what is bad is told by its line', (text, expected) => {
    const records = inShort(read(text));
    expect(records).toHaveLength(expected.length);
    records.forEach((record, place) => expect(record).toContain(expected[place]));
  });

  it('of one line or many do not depend on how the lines come in', () => {
    const text = 'a;"b\nc";d\n"e;f;g\nh;"i";j\nk;"\nl";m\n';
    for (let chunk = 1; chunk < 8; chunk++) expect(read(text, chunk)).toEqual(read(text));
  });

  it('end when a quote stays open for too long, and only its line is lost', () => {
    const rest = Array.from({ length: 2000 }, (_, place) => `${place};b;c`);
    const text = `a;"b;c\n${rest.join('\n')}\n`;
    const records = read(text);
    expect(records).toHaveLength(2001);
    expect(records.filter((record) => 'problem' in record).map(({ line }) => line)).toEqual([1]);
    // Not only at the end of the file: nothing is held back for it.
    expect(new RecordReader(form).read(splitLines(text, 1), false)).toHaveLength(2001);
  });

  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ';', '"', '\n', '#', ' ', 'é'), maxLength: 6 });
  const recordOf = (one: fc.Arbitrary<string>) =>
    fc.record({ cells: fc.tuple(fc.constantFrom('k', 'x1'), one, one), quotes: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) });
  const record = recordOf(cell);
  // A break right behind or before a quote is left out: next to damage, it can be part of either of two records.
  const plainCell = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ';', '"', '#', ' '), maxLength: 6 }),
    fc.constantFrom('two\nlines', 'a;b\n""c;d\n\ne'),
  );
  const eol = fc.constantFrom('\n', '\r\n');

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), eol, fc.integer({ min: 1, max: 5 }), (records, end, chunk) => {
        const text = records.map(({ cells, quotes }) => cells.map((each, at) => write(each, quotes[at] ?? true)).join(';') + end).join('');
        expect(read(text, chunk).map((each) => ('cells' in each ? each.cells : each))).toEqual(records.map(({ cells }) => [...cells]));
      }),
      { numRuns: 500 },
    );
  });

  const damage = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at: fc.nat(30), text: fc.constantFrom('"', ';', '""', '";', ';"', '"x', '\u0001') }),
    fc.record({ kind: fc.constant('delete' as const), at: fc.nat(30), text: fc.constant('') }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(30), text: fc.constant('') }),
  );

  it('are all read but for the one that is damaged, wherever and however that is, and only its lines are told as bad', () => {
    fc.assert(
      fc.property(
        fc.array(recordOf(plainCell), { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        damage,
        (records, which, { kind, at, text }) => {
          const victim = which % records.length;
          const written = records.map(({ cells, quotes }) => cells.map((each, place) => write(each, quotes[place] ?? true)).join(';'));
          const line = written[victim] ?? '';
          const place = Math.min(at, line.length);
          // A line end goes with what is cut off or inserted only where it stood within the record: its own stays.
          const damaged = {
            insert: line.slice(0, place) + text + line.slice(place),
            delete: line.slice(0, place) + line.slice(place + 1),
            cut: line.slice(0, place),
          }[kind];
          const found = read(written.map((each, index) => (index === victim ? damaged : each) + '\n').join(''));
          const got = found.flatMap((each) => ('cells' in each ? [JSON.stringify(each.cells)] : []));
          const others = records.filter((_, index) => index !== victim).map(({ cells }) => JSON.stringify(cells));
          for (const other of others) {
            const place = got.indexOf(other);
            expect(place).toBeGreaterThanOrEqual(0);
            got.splice(0, place + 1);
          }
          const linesOf = (parts: readonly string[]) => parts.join('').split('\n').length - 1;
          const before = linesOf(written.slice(0, victim).map((each) => each + '\n'));
          for (const each of found) {
            if ('problem' in each) expect(each.line - before).toBeGreaterThanOrEqual(1);
            if ('problem' in each) expect(each.line - before).toBeLessThanOrEqual(linesOf([damaged, '\n']));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
