import type { FastifyRequest } from 'fastify';

/**
 * Whether a form was sent by a page of this hub. Browsers say so themselves; whoever is no browser has no session that another
 * site could make use of.
 */
export function cameFromHere({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): boolean {
  const site = headers['sec-fetch-site'];
  // Only sent over https and to the own machine.
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
