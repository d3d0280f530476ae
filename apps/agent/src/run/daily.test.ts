import { isDailyDue } from './daily';

const at = (text: string) => new Date(`2026-01-${text}`);

it.each<[string, string | undefined, string, boolean]>([
  ['never done', undefined, '10T12:00:00', true],
  ['done before the time today', '10T02:00:00', '10T03:30:00', true],
  ['done after the time today', '10T03:40:00', '10T12:00:00', false],
  ['done yesterday, and the time has not come', '09T03:40:00', '10T03:29:59', false],
  ['missed for days', '05T03:40:00', '10T01:00:00', true],
])('%s', (_what, last, now, due) => expect(isDailyDue('03:30', last === undefined ? undefined : at(last), at(now))).toBe(due));
