import fc from 'fast-check';
import { useTestDatabase } from '../../../test/support/test-database';
import { columnLiteral, numberLiteral, textLiteral } from './array-literal';

describe('array literals', () => {
  const test = useTestDatabase({ migrated: false });

  const read = async (literal: string, type: string): Promise<unknown> =>
    (await test.client.query<{ values: unknown }>(`select array_to_json($1::${type}[]) as values`, [literal])).rows[0]?.values;

  it('carry any text that the door lets in, byte for byte', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
      fc.constantFrom(
        '',
        'NULL',
        'null',
        '{}',
        '"',
        '\\',
        '\\n',
        '\n',
        '\t\r\b\f',
        ',',
        ' a ',
        '\u0001',
        '\u2028',
        "'; drop table items; --",
        '🧀',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { minLength: 1, maxLength: 8 }), async (texts) => {
        const all = texts.every((value) => value === null);
        expect(
          await read(
            columnLiteral(texts, 'text', (value) => value),
            'text',
          ),
        ).toEqual(all ? [] : texts);
      }),
      { numRuns: 300 },
    );
    expect(await read(textLiteral(['a"b', 'c\\d', 'e\nf']), 'text')).toEqual(['a"b', 'c\\d', 'e\nf']);
  });

  it('carry JSON objects as they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant('\n"\\')), {
            maxKeys: 3,
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (objects) => {
          expect(
            await read(
              columnLiteral(objects, 'jsonb', (value) => value),
              'jsonb',
            ),
          ).toEqual(objects.map((object) => ({ ...object })));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('carry numbers, flags and times, and nulls among them', async () => {
    expect(
      await read(
        columnLiteral(['1.50', null, '-2'], 'numeric', (value) => value),
        'numeric',
      ),
    ).toEqual([1.5, null, -2]);
    expect(
      await read(
        columnLiteral([true, null, false], 'boolean', (value) => value),
        'boolean',
      ),
    ).toEqual([true, null, false]);
    const times = ['2026-01-31T08:30:00.1234569+02:00', '2026-01-31T08:30:00Z', null, '2026-01-31T08:30:00-23:59'];
    expect(
      await read(
        columnLiteral(times, 'timestamptz', (value) => value),
        'timestamptz',
      ),
    ).toEqual(
      ['2026-01-31T06:30:00.123456+00:00', '2026-01-31T08:30:00+00:00', null, '2026-02-01T08:29:00+00:00'].map(
        (time) => time && expect.stringContaining(time.slice(0, 19)),
      ),
    );
    expect(await read(numberLiteral([1, -9223372036854775808n]), 'text')).toEqual(['1', '-9223372036854775808']);
    expect(columnLiteral([null, undefined], 'text', (value) => value)).toBe('{}');
  });
});
