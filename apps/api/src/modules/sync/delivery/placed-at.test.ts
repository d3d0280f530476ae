import { placedAt } from './placed-at';

it('reads the time that an id of version 7 begins with', () => {
  // The example of RFC 9562, appendix A.6.
  expect(placedAt('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toBe(Date.parse('2022-02-22T19:22:22.000Z'));
});

it('reads none from an id of another version', () => {
  expect(placedAt('919108f7-52d1-4320-9bac-f847db4148a8')).toBeUndefined();
});
