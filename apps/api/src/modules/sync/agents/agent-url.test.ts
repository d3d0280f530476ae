import { ApiError } from '../../../platform/errors/api-error';
import { AllowList } from './agent-address';
import { readAgentUrl } from './agent-url';
import { AgentUrls } from './agent-urls';

const NAMES: Record<string, string[]> = {
  'erp.example.com': ['93.184.216.34'],
  'both.example.com': ['93.184.216.34', '10.0.0.5'],
  'inside.example.com': ['10.0.0.5'],
  'rebind.example.com': ['169.254.169.254'],
  'listed.internal': ['10.9.9.9'],
  'listed-metadata.internal': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
};
const lookUp = (host: string) => Promise.resolve(NAMES[host] ?? []);
const strict = new AgentUrls(new AllowList([]), lookUp);
const relaxed = new AgentUrls(
  new AllowList(['listed.internal', 'listed-metadata.internal', '10.0.0.0/24', '127.0.0.0/8', '::1/128', '203.0.114.0/24']),
  lookUp,
);

/** `ok` and the stored URL, or `no`. */
async function judge(urls: AgentUrls, url: string): Promise<string> {
  try {
    return `ok ${await urls.check(url)}`;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unsafe_agent_url' && error.status === 422) return 'no';
    throw error;
  }
}

describe('with nothing listed', () => {
  it.each([
    ['https://erp.example.com', 'https://erp.example.com'],
    ['https://ERP.example.com:8443/hub/', 'https://erp.example.com:8443/hub'],
    ['https://erp.example.com:443///', 'https://erp.example.com'],
    ['https://erp.example.com./a/../b', 'https://erp.example.com/b'],
    ['https://93.184.216.34/x', 'https://93.184.216.34/x'],
    ['https://[2606:4700::1111]:8443/x/', 'https://[2606:4700::1111]:8443/x'],
    ['https://not-yet-known.example.com', 'https://not-yet-known.example.com'],
  ])('takes %s', async (url, stored) => expect(await judge(strict, url)).toBe(`ok ${stored}`));

  it.each([
    // no http(s)
    'ftp://erp.example.com',
    'file:///etc/passwd',
    'gopher://erp.example.com',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://erp.example.com',
    'erp.example.com',
    '//erp.example.com',
    '/sync',
    '',
    ' ',
    'https://',
    'https:///',
    'https://./',
    // credentials, ports, what would swallow the path
    'https://user@erp.example.com',
    'https://user:password@erp.example.com',
    'https://:password@erp.example.com',
    'https://erp.example.com:0',
    'https://erp.example.com:65536',
    'https://erp.example.com:-1',
    'https://erp.example.com:http',
    'https://erp.example.com/?next=',
    'https://erp.example.com/?',
    'https://erp.example.com/#x',
    'https://erp.example.com/#',
    // plain text
    'http://erp.example.com',
    'http://93.184.216.34',
    'http://not-yet-known.example.com',
    // the hub itself and its surroundings, in every spelling
    'https://localhost',
    'https://localhost./',
    'https://LOCALHOST:3000',
    'https://127.0.0.1',
    'https://127.1',
    'https://2130706433',
    'https://0x7f000001',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://017700000001',
    'https://127.0.0.1.',
    'https://127。0。0。1',
    'https://①②⑦.0.0.1',
    'https://10.0.0.5',
    'https://172.16.0.1',
    'https://192.168.0.1',
    'https://100.64.0.1',
    'https://[::1]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::127.0.0.1]',
    'https://[64:ff9b::7f00:1]',
    'https://[2002:7f00:1::]',
    'https://[fc00::1]',
    'https://[fd12:3456::1]',
    // metadata and what is no host
    'https://169.254.169.254/latest/meta-data',
    'https://2852039166',
    'https://0xa9fea9fe',
    'https://0251.0376.0251.0376',
    'https://[::ffff:169.254.169.254]',
    'https://[fd00:ec2::254]',
    'https://[fe80::1]',
    'https://100.100.100.200',
    'https://metadata.google.internal/computeMetadata/v1',
    'https://0.0.0.0',
    'https://0',
    'https://[::]',
    'https://224.0.0.1',
    'https://255.255.255.255',
    // names that stand for such
    'https://inside.example.com',
    'https://both.example.com',
    'https://rebind.example.com',
  ])('refuses %s', async (url) => expect(await judge(strict, url)).toBe('no'));
});

describe('with hosts and networks listed', () => {
  it.each([
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
    ['http://10.0.0.5', 'http://10.0.0.5'],
    ['https://10.0.0.5', 'https://10.0.0.5'],
    ['https://inside.example.com', 'https://inside.example.com'],
    ['http://inside.example.com', 'http://inside.example.com'],
    ['https://both.example.com', 'https://both.example.com'],
    ['http://listed.internal', 'http://listed.internal'],
    ['http://LISTED.internal.', 'http://listed.internal'],
    ['http://203.0.114.9', 'http://203.0.114.9'],
  ])('takes %s', async (url, stored) => expect(await judge(relaxed, url)).toBe(`ok ${stored}`));

  it.each([
    'https://10.0.1.5',
    'https://10.9.9.9',
    'http://both.example.com',
    'http://erp.example.com',
    'http://169.254.169.254',
    'https://listed-metadata.internal',
    'https://rebind.example.com',
    'http://notlisted.internal',
  ])('still refuses %s', async (url) => expect(await judge(relaxed, url)).toBe('no'));

  it('lets no list allow metadata', async () => {
    const everything = new AgentUrls(new AllowList(['0.0.0.0/0', '::/0', 'metadata.google.internal', 'rebind.example.com']), lookUp);
    for (const url of ['http://169.254.169.254', 'http://[fe80::1]', 'http://metadata.google.internal', 'http://rebind.example.com']) {
      expect(await judge(everything, url)).toBe('no');
    }
  });
});

it('says nothing about the addresses behind a name', async () => {
  const messages = ['https://inside.example.com', 'https://both.example.com', 'https://10.0.0.5'].map(async (url) =>
    strict.check(url).then(
      () => 'taken',
      (error: Error) => error.message,
    ),
  );
  expect(new Set(await Promise.all(messages)).size).toBe(1);
});

it.each([
  ['htt\tps://erp.exam\nple.com/a', 'https://erp.example.com/a'],
  ['https://erp.example.com\\@169.254.169.254', 'https://erp.example.com/@169.254.169.254'],
  ['https:erp.example.com', 'https://erp.example.com'],
])('stores %j as the one reading that was judged', (url, stored) => expect(readAgentUrl(url).href).toBe(stored));
