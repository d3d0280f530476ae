import { AllowList, isAllowedAddress } from './agent-address';

const nothing = new AllowList([]);
const everything = new AllowList(['0.0.0.0/0', '::/0']);

describe('with nothing listed', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('allows the public %s', (address) => expect(isAllowedAddress(address, nothing)).toBe(true));

  it.each([
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '127.0.0.1',
    '127.255.255.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.8',
    '198.18.0.1',
    '::1',
    'fc00::1',
    'fdff::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:192.168.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::10.0.0.1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '2001:0:808:808::f5ff:fffe', // Teredo: the client's 10.0.0.1, inverted
    '2606:4700::5efe:10.0.0.1', // ISATAP
    '2606:4700::200:5efe:10.0.0.1',
  ])('refuses the internal %s, and allows it when it is listed', (address) => {
    expect(isAllowedAddress(address, nothing)).toBe(false);
    expect(isAllowedAddress(address, everything)).toBe(true);
  });
});

it.each([
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '169.254.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::',
  '::ffff:0.0.0.0',
  '2001:0:a9fe:a9fe::1',
  'not an address',
  '',
  '1.2.3',
])('never allows %s, whatever is listed', (address) => expect(isAllowedAddress(address, everything)).toBe(false));

it('allows what is listed and no more', () => {
  const allowed = new AllowList(['10.1.0.0/16', '192.168.7.7', 'fd12::/16', '[::1]', 'ERP.Example.com']);
  const judge = (address: string) => isAllowedAddress(address, allowed);
  expect(['10.1.255.255', '::ffff:10.1.0.1', '192.168.7.7', 'fd12::5', '::1'].filter(judge)).toHaveLength(5);
  expect(['10.2.0.1', '192.168.7.8', '127.0.0.1', 'fd13::5', '::ffff:10.2.0.1'].filter(judge)).toEqual([]);
  expect(allowed.holdsHost('erp.example.com')).toBe(true);
  expect(allowed.holdsHost('example.com')).toBe(false);
});

it('lets no listed address vouch for another one that the same IPv6 address carries', () => {
  // Teredo by a listed server, to the loopback of its client
  expect(isAllowedAddress('2001:0:a01:101::80ff:fffe', new AllowList(['10.1.0.0/16']))).toBe(false);
});

it.each(['10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0.0/x', 'a b', '*.example.com', '1.2.3.4.5', 'http://x', 'host:80', '-x'])(
  'does not take %s as an entry',
  (entry) => expect(() => new AllowList([entry])).toThrow(RangeError),
);
