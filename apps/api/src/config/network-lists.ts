import { isIP } from 'node:net';
import { z } from 'zod';

const parts = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** An address with the length of its prefix: a whole address has 32 or 128. */
export interface Network {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

/** An address or a CIDR; undefined for what is neither. */
export function readNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const length = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  return length <= most ? { address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}

/** An entry of AGENT_URL_ALLOW: a host name in lower case, or a network; undefined for what is neither. */
export function readAllowed(text: string): { host: string } | Network | undefined {
  const plain = text.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return /^(?=.*[a-z])[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/.test(plain) ? { host: plain } : readNetwork(plain);
}

/** AGENT_URL_ALLOW: hosts, addresses and CIDRs, as they were written. */
export const allowedHosts = z
  .string()
  .transform(parts)
  .refine((all) => all.every((entry) => readAllowed(entry) !== undefined), {
    error: 'takes hosts, addresses and CIDRs, separated by commas',
  });

/** TRUST_PROXY: the proxies whose X-Forwarded-For counts; none for `false`. */
export const trustedProxies = z
  .string()
  .transform((value) => (value === 'false' ? [] : parts(value)))
  .refine((proxies) => proxies.every((proxy) => readNetwork(proxy) !== undefined), {
    error: 'takes false, or the addresses and CIDRs of the proxies, separated by commas',
  });

/** CORS_ORIGINS: origins as browsers send them. */
export const origins = z
  .string()
  .transform(parts)
  .refine((all) => all.every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin), {
    error: 'takes origins such as https://shop.example.com (no path, no slash at the end), separated by commas',
  });
