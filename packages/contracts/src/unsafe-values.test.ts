import { findUnsafe, mayHoldUnsafe } from './unsafe-values';

const nested = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)) as unknown;

describe('what must not reach the database', () => {
  it.each([
    ['{"__proto__":1}', ['__proto__']],
    ['{"a":[{"constructor":{}}]}', ['a', 0, 'constructor']],
    ['{"\\u005f_proto__":1}', ['__proto__']],
    ['{"a":"x\\u0000"}', ['a']],
    ['{"a":{"b":"\\ud83d"}}', ['a', 'b']],
    ['["\\udc00"]', [0]],
  ])('is found in %s, with its path', (text, path) => {
    expect(findUnsafe(JSON.parse(text))?.path).toEqual(path);
    expect(mayHoldUnsafe(text)).toBe(true);
  });

  it('is not seen in what is fine', () => {
    const text = '{"constructors":[1,"🧀 日本酒",null,{"proto":true}],"toString":"x"}';
    expect(findUnsafe(JSON.parse(text))).toBeUndefined();
    expect(mayHoldUnsafe(text)).toBe(false);
  });

  it('includes numbers that JSON cannot give back, and what is nested too deep', () => {
    expect(findUnsafe({ a: JSON.parse('1e400') as number })?.path).toEqual(['a']);
    expect(findUnsafe(nested(64))).toBeUndefined();
    expect(findUnsafe(nested(65))).toBeDefined();
    expect(findUnsafe(nested(50_000))).toBeDefined();
  });
});
