import { readSettings } from './settings';

const allowed = (value: string) => readSettings({ AGENT_URL_ALLOW: value }).AGENT_URL_ALLOW;

describe('AGENT_URL_ALLOW', () => {
  it('takes hosts, addresses and CIDRs', () => {
    const all = ['erp.lan', 'ERP_2.internal', '10.0.0.5', '10.0.0.0/8', '0.0.0.0/0', '[::1]', '::1/128', 'fc00::/7'];
    expect(allowed(all.join(', '))).toEqual(all);
    expect(allowed(' , ')).toEqual([]);
  });

  it.each([
    '10.0.0.0/99',
    '10.0.0.0/',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0',
    '10.0.0.0/-1',
    '10.0.0.0/0x8',
    'erp.lan,-',
    'https://erp.lan',
    'a b',
  ])('takes no %s', (value) => expect(() => allowed(value)).toThrow(/^AGENT_URL_ALLOW: takes hosts, addresses and CIDRs/));
});
