import { Ticks } from './due-tick';

const at = (text: string) => new Date(`${text}Z`);

it('is the tick between then and now, in UTC', () => {
  const daily = new Ticks('0 2 * * *');
  expect(daily.due(at('2026-03-28T02:00:00'), at('2026-03-29T01:59:59'))).toBeUndefined();
  expect(daily.due(at('2026-03-28T02:00:00'), at('2026-03-29T02:00:00'))).toEqual(at('2026-03-29T02:00:00'));
});

it('makes up one of those that were missed, however long ago', () => {
  expect(new Ticks('0 2 * * *').due(at('2026-01-01T02:00:00'), at('2026-03-29T12:00:00'))).toEqual(at('2026-03-29T02:00:00'));
  expect(new Ticks('0 3 * * 0').due(at('2026-01-04T03:00:00'), at('2026-03-28T12:00:00'))).toEqual(at('2026-03-22T03:00:00'));
  expect(new Ticks('*/5 * * * *').due(at('2026-01-01T00:00:00'), at('2026-03-29T12:07:00'))).toEqual(at('2026-03-29T12:05:00'));
});

it('knows seconds', () => {
  expect(new Ticks('*/2 * * * * *').due(at('2026-01-01T00:00:00'), at('2026-01-01T00:00:05'))).toEqual(at('2026-01-01T00:00:04'));
});
