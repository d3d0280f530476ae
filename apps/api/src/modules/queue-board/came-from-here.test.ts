import { cameFromHere } from './came-from-here';

const sent = (headers: Record<string, string>) => cameFromHere({ headers, host: 'hub.example:3000' });

it('takes forms of the hub’s own pages', () => {
  expect(sent({ 'sec-fetch-site': 'same-origin', origin: 'https://hub.example:3000' })).toBe(true);
  expect(sent({ origin: 'http://hub.example:3000' })).toBe(true);
});

it('takes what no browser sends', () => expect(sent({})).toBe(true));

it.each([
  { 'sec-fetch-site': 'cross-site', origin: 'http://hub.example:3000' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': '' },
  { origin: 'https://evil.example' },
  { origin: 'http://hub.example' },
  { origin: 'http://hub.example:3000.evil.example' },
  { origin: 'null' },
  { origin: '' },
])('takes no form of another site: %j', (headers) => expect(sent(headers as Record<string, string>)).toBe(false));
