import { SeededRandom } from './random';

const draw = (random: SeededRandom) => Array.from({ length: 1_000 }, () => random.next());

describe('SeededRandom', () => {
  it('gives the same numbers for the same seed, and others for a seed that is nearly the same', () => {
    expect(draw(new SeededRandom('kills-1'))).toEqual(draw(new SeededRandom('kills-1')));
    const other = new Set(draw(new SeededRandom('kills-2')));
    expect(draw(new SeededRandom('kills-1')).filter((number) => other.has(number))).toEqual([]);
  });

  it('is spread evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const number of draw(new SeededRandom('even'))) tenths[Math.floor(number * 10)]! += 1;
    expect(Math.min(...tenths)).toBeGreaterThan(60);
    expect(Math.max(...tenths)).toBeLessThan(140);
  });

  it('keeps whole numbers within both bounds, and reaches them', () => {
    const random = new SeededRandom('bounds');
    expect(new Set(Array.from({ length: 200 }, () => random.int(3, 5)))).toEqual(new Set([3, 4, 5]));
  });

  it('shuffles without losing anything, and draws apart after a fork', () => {
    const random = new SeededRandom('fork');
    expect(random.shuffled([1, 2, 3, 4, 5]).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(draw(random.fork('a'))).toEqual(draw(new SeededRandom('fork').fork('a')));
    expect(draw(random.fork('a'))).not.toEqual(draw(random.fork('b')));
  });

  it('refuses to pick from nothing', () => {
    expect(() => new SeededRandom('none').pick([])).toThrow(RangeError);
  });
});
