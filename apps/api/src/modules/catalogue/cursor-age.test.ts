import { coveredAtFirst, isExpired } from './cursor-age';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);

it('expires an hour before the first deletion that the client was not told of can be removed', () => {
  expect(isExpired(NOW - 90 * DAY, NOW, 90)).toBe(true);
  expect(isExpired(NOW - 90 * DAY + 3_599_999, NOW, 90)).toBe(true);
  expect(isExpired(NOW - 90 * DAY + 3_600_000, NOW, 90)).toBe(false);
  expect(isExpired(NOW, NOW, 1)).toBe(false);
});

it('gives who begins from nothing the whole time', () => {
  expect(coveredAtFirst(null, NOW, 90)).toBe(NOW);
});

it('gives who has rows already the time since then, as far as deletions are known', () => {
  expect(coveredAtFirst((NOW - 5 * DAY) * 1000 + 999, NOW, 90)).toBe(NOW - 5 * DAY);
  expect(coveredAtFirst((NOW - 91 * DAY) * 1000, NOW, 90)).toBe(NOW);
  expect(coveredAtFirst((NOW + DAY) * 1000, NOW, 90)).toBe(NOW);
});
