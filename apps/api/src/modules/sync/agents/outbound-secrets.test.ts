import { createHmac } from 'node:crypto';
import { outboundSecrets } from './outbound-secrets';

const SECRET = 'an outbound secret of at least 32 characters';

// Fixed: agents keep these. When one of them has to change here, every agent out there loses its secrets.
it.each([
  ['vendor-1', 1, 'out_uosqWPUc_7Ns15kOB77Ee6MzZJf9sGmrtkZ0K0ClxyU', 'whsec_ss4mni2HUCGUEvYhRJHCqg4VemvZzqPxLipOLLHGM8w='],
  ['vendor-1', 2, 'out_ew-naDcCiNZJ3Ezrud-qwZ9WdNlR184HzVgGFOqmsPc', 'whsec_nYX8L2ODiZZvkOksk1bnwbWrGZJ/9sJz9oRVeSlLhNs='],
  ['vendor-2', 1, 'out_519S4EDiEahWGMcI4B_L4KxCiUM-uiGN1wWVgk7yh3M', 'whsec_AHy/bfEj8Kf9Ew1SzapIcGTIBailLa9vjt62cdFYwv4='],
])('gives %s, version %i, the same secrets for ever', (vendorId, version, outboundToken, signingSecret) => {
  expect(outboundSecrets(SECRET, vendorId, version)).toEqual({ outboundToken, signingSecret });
});

it('follows RFC 5869 as anyone can compute it', () => {
  const extracted = createHmac('sha256', 'erp-sync-hub').update(SECRET).digest();
  const expanded = createHmac('sha256', extracted).update('signing-secret/vendor-1/1\u0001').digest('base64');
  expect(outboundSecrets(SECRET, 'vendor-1', 1).signingSecret).toBe(`whsec_${expanded}`);
});

it('gives no two of vendor, version and hub the same secrets', () => {
  const all = [
    outboundSecrets(SECRET, 'v', 1),
    outboundSecrets(SECRET, 'v', 11),
    outboundSecrets(SECRET, 'v1', 1),
    outboundSecrets(SECRET, 'v.1', 1),
    outboundSecrets(`${SECRET}!`, 'v', 1),
  ].flatMap(({ outboundToken, signingSecret }) => [outboundToken, signingSecret]);
  expect(new Set(all).size).toBe(all.length);
});

it('gives a signing secret of 32 bytes, as Standard Webhooks takes it', () => {
  const { signingSecret } = outboundSecrets(SECRET, 'vendor-1', 1);
  expect(Buffer.from(signingSecret.slice('whsec_'.length), 'base64')).toHaveLength(32);
});
