import type { IncomingHttpHeaders } from 'node:http';
import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';
import { callWithin, closeFarSides, endpointOf, httpAgent } from '../../../../../test/support/push-fixture';
import { AllowList } from '../agent-address';
import { outboundSecrets } from '../outbound-secrets';
import type { AgentEndpoint } from './agent-transport';
import { PushTransport } from './push-transport';

const OUTBOUND = 'o'.repeat(32);
const secrets = (version: number, vendor = 'vendor-1') => outboundSecrets(OUTBOUND, vendor, version);
const BODY = { jobId: 'j-1', notes: 'brûlée – 寿司 🍣', nested: { amount: '12.5' } };

const transport = new PushTransport({
  outboundSecret: OUTBOUND,
  allowed: new AllowList(['127.0.0.0/8']),
  lookUp: () => Promise.resolve([]),
});
afterEach(closeFarSides);
afterAll(() => transport.close());

interface Seen {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Makes a call, and gives what arrived at the agent. */
async function seenBy(endpoint: Partial<AgentEndpoint>, path = '', idempotencyKey?: string): Promise<Seen> {
  let seen: Seen | undefined;
  const agent = await httpAgent((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen = { method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(chunks) };
      response.end('{}');
    });
  });
  const call = callWithin(5_000, { path: '/sync/create-order', body: BODY, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
  const result = await transport.call(endpointOf(`${agent.url}${path}`, endpoint), call, new AbortController().signal);
  expect(result).toMatchObject({ kind: 'replied' });
  expect(seen?.headers['x-deadline']).toBe(call.deadlineAt.toISOString());
  if (seen === undefined) throw new Error('nothing arrived');
  return seen;
}
const verify = ({ headers, body }: Seen, secret: string) => verifyCall(headers, body, secret, { now: new Date() });

it('arrives as a POST below the path of the URL, as JSON, with all headers of the protocol', async () => {
  const seen = await seenBy({}, '/erp/hub/', 'job-1');
  expect([seen.method, seen.path, JSON.parse(seen.body.toString())]).toEqual(['POST', '/erp/hub/sync/create-order', BODY]);
  expect(seen.headers).toMatchObject({
    authorization: `Bearer ${secrets(3).outboundToken}`,
    'x-correlation-id': 'c-1',
    'idempotency-key': 'job-1',
    'content-type': 'application/json',
    'content-length': String(seen.body.length),
    'accept-encoding': 'gzip',
    'webhook-id': expect.stringMatching(/^call_[0-9a-f-]{36}$/),
  });
});

it('is signed over exactly what arrives', async () => {
  const seen = await seenBy({});
  expect(verify(seen, secrets(3).signingSecret)).toEqual({ ok: true });
  expect(verify({ ...seen, body: Buffer.concat([seen.body, Buffer.from(' ')]) }, secrets(3).signingSecret)).toMatchObject({
    fault: 'mismatch',
  });
  expect(verify(seen, secrets(2).signingSecret)).toMatchObject({ fault: 'mismatch' });
  expect(verify(seen, secrets(3, 'vendor-2').signingSecret)).toMatchObject({ fault: 'mismatch' });
});

it('is signed with both secrets while they change, and carries the new token', async () => {
  const seen = await seenBy({ signWithPrevious: true });
  expect(seen.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  for (const version of [3, 2]) expect(verify(seen, secrets(version).signingSecret)).toEqual({ ok: true });
  expect(verify(seen, secrets(1).signingSecret)).toMatchObject({ fault: 'mismatch' });
  expect(seen.headers.authorization).toBe(`Bearer ${secrets(3).outboundToken}`);
});

it('has one signature where there is no version before, and another id each time', async () => {
  const [one, other] = [await seenBy({ secretVersion: 1, signWithPrevious: true }), await seenBy({ secretVersion: 1 })];
  expect(one.headers['webhook-signature']).toMatch(/^v1,\S+$/);
  expect(one.headers['webhook-id']).not.toBe(other.headers['webhook-id']);
  expect(one.headers).not.toHaveProperty('idempotency-key');
});

it('is a fault of the caller when the agent cannot be pushed to', async () => {
  const { signal } = new AbortController();
  for (const endpoint of [endpointOf('', { mode: 'pull', agentUrl: null }), endpointOf('', { agentUrl: null })]) {
    await expect(transport.call(endpoint, callWithin(1_000), signal)).rejects.toThrow(/cannot be pushed to/);
  }
  await expect(transport.call(endpointOf('https://93.184.216.34'), callWithin(1_000, { correlationId: 'a\nb' }), signal)).rejects.toThrow();
});
