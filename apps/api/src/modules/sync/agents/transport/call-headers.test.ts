import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';
import { outboundSecrets } from '../outbound-secrets';
import { callHeaders } from './call-headers';
import { OutboundSecretCache } from './outbound-secret-cache';

const NOW = new Date('2026-01-31T08:30:00.999Z');
const OUTBOUND = 'o'.repeat(32);
const [current, before] = [outboundSecrets(OUTBOUND, 'vendor-1', 2), outboundSecrets(OUTBOUND, 'vendor-1', 1)];
const call = { correlationId: 'c-1', deadlineAt: new Date('2026-01-31T08:30:30Z'), idempotencyKey: 'job-1' };
const input = { call, body: '{"é":1}', secrets: current, previous: undefined, id: 'call_1', now: NOW };

it('says who calls, until when, and for which job', () => {
  const { 'webhook-signature': signature, ...rest } = callHeaders(input);
  expect(rest).toEqual({
    authorization: `Bearer ${current.outboundToken}`,
    'x-correlation-id': 'c-1',
    'x-deadline': '2026-01-31T08:30:30.000Z',
    'idempotency-key': 'job-1',
    'webhook-id': 'call_1',
    'webhook-timestamp': '1769848200',
  });
  expect(signature).toMatch(/^v1,\S{44}$/);
});

it('has no idempotency key on calls that only ask', () => {
  const { idempotencyKey: _, ...asking } = call;
  expect(callHeaders({ ...input, call: asking })).not.toHaveProperty('idempotency-key');
});

it('signs with the current secret, and with the one before while both count', () => {
  const verdict = (headers: Record<string, string>, secret: string) => verifyCall(headers, input.body, secret, { now: NOW }).ok;
  const [alone, both] = [callHeaders(input), callHeaders({ ...input, previous: before })];
  expect([verdict(alone, current.signingSecret), verdict(alone, before.signingSecret)]).toEqual([true, false]);
  expect([verdict(both, current.signingSecret), verdict(both, before.signingSecret)]).toEqual([true, true]);
  expect(both['authorization']).toBe(`Bearer ${current.outboundToken}`);
});

it('keeps derived secrets apart by vendor and version', () => {
  const cache = new OutboundSecretCache(OUTBOUND);
  for (const [vendor, version] of [
    ['vendor-1', 2],
    ['vendor-1', 1],
    ['vendor-12', 2],
    ['vendor-1', 2],
  ] as const) {
    expect(cache.of(vendor, version)).toEqual(outboundSecrets(OUTBOUND, vendor, version));
  }
  expect(cache.of('vendor-1', 2)).toBe(cache.of('vendor-1', 2));
});
