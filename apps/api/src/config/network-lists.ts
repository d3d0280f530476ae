import { isIP } from 'node:net';
import { z } from 'zod';

const parts = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function isNetwork(part: string): boolean {
  const [address = '', prefix, ...rest] = part.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** TRUST_PROXY: the proxies whose X-Forwarded-For counts; none for `false`. */
export const trustedProxies = z
  .string()
  .transform((value) => (value === 'false' ? [] : parts(value)))
  .refine((proxies) => proxies.every(isNetwork), {
    error: 'takes false, or the addresses and CIDRs of the proxies, separated by commas',
  });

/** CORS_ORIGINS: origins as browsers send them. */
export const origins = z
  .string()
  .transform(parts)
  .refine((all) => all.every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin), {
    error: 'takes origins such as https://shop.example.com (no path, no slash at the end), separated by commas',
  });
