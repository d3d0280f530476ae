import { BooleanWords, booleanReader } from './boolean-words';
import { Unreadable } from './reading';
import { TimeFormat, timeReader } from './time-format';

const read = (value: unknown, format?: string, zone = 'UTC') => {
  const result = timeReader(TimeFormat.parse({ zone, ...(format === undefined ? {} : { format }) }))(value);
  return result instanceof Unreadable ? `! ${result.problem}` : result;
};

describe('times', () => {
  it.each([
    ['2026-01-31T08:30:00+02:00', undefined, 'UTC', '2026-01-31T06:30:00Z'],
    ['2026-01-31 08:30:00.123456+05:30', undefined, 'UTC', '2026-01-31T03:00:00.123456Z'],
    ['2026-01-31 08:30:00-03', undefined, 'UTC', '2026-01-31T11:30:00Z'],
    ['2026-01-31', undefined, 'Europe/Paris', '2026-01-30T23:00:00Z'],
    ['31/01/2026 08:30', 'dd/MM/yyyy HH:mm', 'Europe/Paris', '2026-01-31T07:30:00Z'],
    ['31/07/2026 08:30', 'dd/MM/yyyy HH:mm', 'Europe/Paris', '2026-07-31T06:30:00Z'],
    ['20260131', 'yyyyMMdd', '+02:00', '2026-01-30T22:00:00Z'],
    ['1.2.26', 'd.M.yy', 'UTC', '2026-02-01T00:00:00Z'],
    ['7/4/1996', 'M/d/yyyy', 'UTC', '1996-07-04T00:00:00Z'],
    ['1508487983', 'unix', 'UTC', '2017-10-20T08:26:23.000Z'],
    [1508487983000n, 'unixMillis', 'UTC', '2017-10-20T08:26:23.000Z'],
    // The hour that comes twice, and the one that does not come.
    ['2026-10-25 02:30:00', undefined, 'Europe/Paris', '2026-10-25T00:30:00Z'],
    ['2026-03-29 02:30:00', undefined, 'Europe/Paris', '2026-03-29T01:30:00Z'],
    ['2024-02-29', undefined, 'UTC', '2024-02-29T00:00:00Z'],
  ])('reads %j as %s in %s', (text, format, zone, value) => expect(read(text, format, zone)).toBe(value));

  it.each([
    ['30/02/2026', 'dd/MM/yyyy', 'on no calendar'],
    ['2026-01-31 24:00:00', undefined, 'on no calendar'],
    ['31/01/2026', undefined, 'time.format'],
    ['2026-01-31', 'dd/MM/yyyy', 'written as dd/MM/yyyy'],
    ['0000-00-00', undefined, 'on no calendar'],
    ['soon', 'unix', 'seconds since 1970'],
  ])('refuses %j as %s', (text, format, problem) => expect(read(text, format)).toContain(problem));

  it.each(['dd/mm', 'yyyy-MM-dd yy', 'dd MMM yyyy', 'hh:mm'])('takes %j for no pattern', (format) => {
    expect(TimeFormat.safeParse({ format }).error?.issues[0]?.message).toContain('a pattern of');
  });

  it('knows a zone from a word', () => {
    expect(TimeFormat.safeParse({ zone: 'Paris' }).error?.issues[0]?.message).toContain('Europe/Paris');
  });
});

describe('yes and no', () => {
  const usual = booleanReader(BooleanWords.parse({}));
  it.each([
    ['OUI', true],
    ['n', false],
    ['-1', true],
    [0, false],
    [true, true],
  ])('reads %j', (word, value) => expect(usual(word)).toBe(value));

  it('reads the words of the source, and no others', () => {
    const own = booleanReader(BooleanWords.parse({ true: ['Actif'], false: ['Sommeil', 9] }));
    expect([own('ACTIF '), own('9')]).toEqual([true, false]);
    expect(own('oui')).toBeInstanceOf(Unreadable);
  });
});
