import { callWithin, closeFarSides, endpointOf, httpAgent, rawAgent } from '../../../../../test/support/push-fixture';
import { AllowList } from '../agent-address';
import type { CallResult } from './agent-transport';
import { PushTransport } from './push-transport';

const NOTHING = new AllowList([]);
/** As wide as a careless operator can make it. */
const ALL = new AllowList(['0.0.0.0/0', '::/0', 'metadata.google.internal', 'listed.test']);
const OUTSIDE = '93.184.216.34';

let transport: PushTransport | undefined;
afterEach(async () => {
  await transport?.close();
  await closeFarSides();
});

/** Calls this URL; names resolve to `answers`, one list a look-up. */
async function send(allowed: AllowList, url: string, ...answers: string[][]): Promise<CallResult> {
  await transport?.close();
  const lookUp = () => Promise.resolve(answers.shift() ?? []);
  transport = new PushTransport({ outboundSecret: 'o'.repeat(32), allowed, lookUp });
  return transport.call(endpointOf(url), callWithin(2_000), new AbortController().signal);
}
const unsafe = { kind: 'not_sent', code: 'unsafe_address', message: expect.any(String) };

describe('no call goes', () => {
  it.each([
    'https://169.254.169.254/latest/meta-data',
    'http://169.254.169.254',
    'https://[::ffff:169.254.169.254]',
    'https://2852039166',
    'https://0xa9fea9fe',
    'https://0251.0376.0251.0376',
    'https://0.0.0.0',
    'https://0',
    'https://[::]',
    'https://[fe80::1]',
    'https://[fd00:ec2::254]',
    'https://metadata.google.internal',
    'https://metadata.google.internal.',
    'http://100.100.100.200',
  ])('to %s, whatever is allowed', async (url) => expect(await send(ALL, url, [OUTSIDE])).toEqual(unsafe));

  it.each([
    'https://[::ffff:10.0.0.1]',
    'https://[::10.0.0.1]',
    'https://[64:ff9b::a00:1]',
    'https://10.0.0.1',
    'https://167772161',
    'https://0xa.0.0.1',
    'https://012.0.0.1',
    'https://192.168.1.1:8443/x',
    'https://[::1]',
    'https://[fc00::1]',
  ])('to %s, which is internal and not listed', async (url) => expect(await send(NOTHING, url)).toEqual(unsafe));

  it.each([
    'file:///etc/passwd',
    'ftp://erp.example.com',
    'javascript:alert(1)',
    'https://user:password@erp.example.com',
    'https://user@erp.example.com',
    'https://erp.example.com:0',
    'https://erp.example.com:65536',
    'https://erp.example.com/?x=1',
    'https://erp.example.com/#x',
    'http://erp.example.com',
    'not a url',
    '',
  ])('to %j, which no agent may have', async (url) => expect(await send(NOTHING, url, [OUTSIDE])).toEqual(unsafe));

  it.each(['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]', 'erp.test'])(
    'to the hub itself as %s: not even a connection is opened',
    async (host) => {
      const agent = await rawAgent(() => undefined);
      for (const scheme of ['http', 'https'])
        expect(await send(NOTHING, `${scheme}://${host}:${agent.port}`, ['127.0.0.1'])).toEqual(unsafe);
      expect(agent.sockets).toHaveLength(0);
    },
  );
});

describe('a name', () => {
  it.each([[['10.0.0.5']], [['169.254.169.254']], [['::ffff:10.0.0.5']], [[OUTSIDE, '10.0.0.5']], [['2606:4700::1111', 'fe80::1']]])(
    'that stands for %j is not called',
    async (addresses) => expect(await send(NOTHING, 'https://erp.test', addresses)).toEqual(unsafe),
  );

  it('that is listed is called wherever it leads, but never to what nobody may call', async () => {
    const agent = await httpAgent((_, response) => response.end('{}'));
    const allowed = new AllowList(['listed.test']);
    const url = `http://listed.test:${agent.port}`;
    expect(await send(allowed, url, ['127.0.0.1'])).toMatchObject({ kind: 'replied', status: 200 });
    expect(await send(allowed, url, ['127.0.0.1', '169.254.169.254'])).toEqual(unsafe);
  });

  it('that resolves to nothing, or cannot be looked up, is no place to call', async () => {
    expect(await send(NOTHING, 'https://erp.test', [])).toMatchObject({ kind: 'not_sent', code: 'unresolved' });
    await transport?.close();
    const lookUp = () => Promise.reject(new Error('no name server'));
    transport = new PushTransport({ outboundSecret: 'o'.repeat(32), allowed: NOTHING, lookUp });
    const result = await transport.call(endpointOf('https://erp.test'), callWithin(2_000), new AbortController().signal);
    expect(result).toMatchObject({ kind: 'not_sent', code: 'unresolved' });
  });

  it.each(['169.254.169.254', '10.0.0.1'])('that stands for something good first and for %s later is refused then', async (later) => {
    const agent = await httpAgent((_, response) => response.setHeader('connection', 'close').end('{}'));
    const answers = [['127.0.0.1'], [later]];
    let lookUps = 0;
    const lookUp = () => Promise.resolve(answers[lookUps++] ?? []);
    transport = new PushTransport({ outboundSecret: 'o'.repeat(32), allowed: new AllowList(['127.0.0.0/8']), lookUp });
    const call = () => transport?.call(endpointOf(`http://erp.test:${agent.port}`), callWithin(2_000), new AbortController().signal);
    expect(await call()).toMatchObject({ kind: 'replied', status: 200 });
    expect(await call()).toEqual(unsafe);
    // One look-up a connection: between judging and connecting nothing is asked again.
    expect([lookUps, agent.sockets.length]).toEqual([2, 1]);
  });
});

it('looks at what a connection has led to before anything is sent', async () => {
  /** Allows what is judged before connecting, and nothing after. */
  class ForgetfulList extends AllowList {
    private asked = 0;
    override holdsAddress(): boolean {
      return ++this.asked === 1;
    }
    override holdsForm(): boolean {
      return true;
    }
  }
  const agent = await rawAgent(() => undefined);
  expect(await send(new ForgetfulList([]), `http://erp.test:${agent.port}`, ['127.0.0.1'])).toEqual(unsafe);
  expect([agent.sockets.length, agent.received()]).toEqual([1, '']);
});
