import { paintFor } from './paint';

it('paints on a terminal only, and not where NO_COLOR asks for none', () => {
  expect(paintFor(true, undefined).red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(paintFor(true, '').red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(paintFor(true, '1').red('x')).toBe('x');
  expect(paintFor(false, undefined).bold('x')).toBe('x');
});
