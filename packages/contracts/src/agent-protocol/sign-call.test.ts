import vectors from '../../vectors/signature-vectors.json';
import { signCall, verifyCall } from './sign-call';

const at = (seconds: number) => new Date(seconds * 1000);
const [SECRET, OTHER] = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`, `whsec_${Buffer.alloc(32, 8).toString('base64')}`] as const;
const NOW = 1_767_225_600;
const BODY = '{"notes":"brûlée 🍣"}';

function headersFor(secrets: string[], change: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const signature = signCall({ id: 'call_1', timestamp: NOW, body: BODY }, secrets);
  return { 'webhook-id': 'call_1', 'webhook-timestamp': String(NOW), 'webhook-signature': signature, ...change };
}
const verify = (
  headers: Record<string, string | string[] | undefined>,
  body: string | Uint8Array = BODY,
  secret: string = SECRET,
  now = NOW,
) => verifyCall(headers, body, secret, { now: at(now) });
const no = (fault: string) => ({ ok: false, fault });

describe('the signatures of the vectors', () => {
  it.each(vectors.cases)('$name', ({ id, timestamp, body, secrets, signature }) => {
    expect(signCall({ id, timestamp, body }, secrets)).toBe(signature);
    expect(signCall({ id, timestamp, body: Buffer.from(body) }, secrets)).toBe(signature);
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
    for (const secret of secrets) expect(verifyCall(headers, body, secret, { now: at(timestamp) })).toEqual({ ok: true });
  });
});

describe('a call is trusted', () => {
  it('when any one of its signatures is right, so that either side may change secrets first', () => {
    const headers = headersFor([OTHER, SECRET]);
    expect(verify(headers)).toEqual({ ok: true });
    expect(verify(headers, BODY, OTHER)).toEqual({ ok: true });
  });

  it('when signatures of versions to come stand beside the right one', () => {
    const { 'webhook-signature': right } = headersFor([SECRET]);
    expect(verify(headersFor([SECRET], { 'webhook-signature': `v2,AAAA v1a,x ${right}` }))).toEqual({ ok: true });
  });

  it('up to 300 s before and after its timestamp', () => {
    for (const now of [NOW - 300, NOW + 300]) expect(verify(headersFor([SECRET]), BODY, SECRET, now)).toEqual({ ok: true });
    for (const now of [NOW - 301, NOW + 301]) expect(verify(headersFor([SECRET]), BODY, SECRET, now)).toEqual(no('stale'));
    expect(verifyCall(headersFor([SECRET]), BODY, SECRET, { now: at(NOW + 11), toleranceSeconds: 10 })).toEqual(no('stale'));
  });
});

describe('a call is not trusted', () => {
  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s', (name) => {
    expect(verify(headersFor([SECRET], { [name]: undefined }))).toEqual(no('missing_header'));
    expect(verify(headersFor([SECRET], { [name]: '' }))).toEqual(no('missing_header'));
    expect(verify({ ...headersFor([SECRET]), [name]: ['a', 'b'] })).toEqual(no('missing_header'));
  });

  it.each(['soon', '-1', '1.5', '1e9', '0x10', ' 1767225600', '1'.repeat(13)])('at the time %j', (timestamp) =>
    expect(verify(headersFor([SECRET], { 'webhook-timestamp': timestamp }))).toEqual(no('bad_timestamp')),
  );

  it('when id, time, body or secret is another', () => {
    expect(verify(headersFor([SECRET], { 'webhook-id': 'call_2' }))).toEqual(no('mismatch'));
    expect(verify(headersFor([SECRET], { 'webhook-timestamp': String(NOW + 1) }))).toEqual(no('mismatch'));
    expect(verify(headersFor([SECRET]), `${BODY} `)).toEqual(no('mismatch'));
    expect(verify(headersFor([SECRET]), BODY, OTHER)).toEqual(no('mismatch'));
  });

  it('with what is no signature', () => {
    const bare = headersFor([SECRET])['webhook-signature']?.slice(3) ?? '';
    for (const signature of [bare, `v2,${bare}`, 'v1,', 'v1', `v1,${bare.slice(0, 20)}`, `v1,${bare}${bare}`, ' ', 'v1,ÿÿ']) {
      expect(verify(headersFor([SECRET], { 'webhook-signature': signature }))).toEqual(no('mismatch'));
    }
  });
});

describe('a secret that is none', () => {
  const none = ['', 'whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c2hvcnQ=', 'whsec_not base64 at all, but long enough to be one'];
  it.each([...none, `whsec_${Buffer.alloc(65).toString('base64')}`])('is told from a wrong signature: %j', (secret) => {
    expect(verify(headersFor([SECRET]), BODY, secret)).toEqual(no('bad_secret'));
    expect(() => signCall({ id: 'x', timestamp: 1, body: '' }, [secret])).toThrow(RangeError);
  });

  it('does not get into the error', () => {
    expect(() => signCall({ id: 'x', timestamp: 1, body: '' }, ['whsec_hidden'])).not.toThrow(/hidden/);
    expect(() => signCall({ id: 'x', timestamp: 1, body: '' }, ['whsec_hidden'])).toThrow(/signing secret/);
  });
});

it('signs nothing that could be read in two ways, and nothing without a secret', () => {
  for (const id of ['', 'a.1']) expect(() => signCall({ id, timestamp: 1, body: '' }, [SECRET])).toThrow(RangeError);
  expect(() => signCall({ id: 'a', timestamp: 1, body: '' }, [])).toThrow(RangeError);
});
