import { Problem } from '@repo/contracts/problem';
import type { Hub, HubReply, TestAgent } from '../support/hub';
import { startHub } from '../support/hub';

/** Named keys, one a scope. */
export const KEYS = {
  read: { name: 'reader', secret: 'a-reading-key-of-the-tests-01' },
  orders: { name: 'shop', secret: 'a-storefront-key-of-the-tests' },
  admin: { name: 'alice', secret: 'the-key-of-admin-alice-of-tests' },
} as const;
export type Scope = keyof typeof KEYS;

const API_KEYS = Object.entries(KEYS)
  .map(([scope, { name, secret }]) => `${name}:${scope}:${secret}`)
  .join(',');

/** A hub with a named key of every scope. */
export function startHubWithKeys(env: Record<string, string> = {}): Promise<Hub> {
  return startHub({ env: { API_KEYS, ...env } });
}

/** The headers of an agent's credential. */
export function credential({ vendorId, token }: TestAgent): { authorization: string; 'x-vendor-id': string } {
  return { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId };
}

/** The reply is a problem with this code, and tells nothing of the inside. */
export function expectProblem(reply: Pick<HubReply, 'status' | 'body'>, status: number, code: string): void {
  expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  expect(Problem.safeParse(reply.body).error?.issues ?? []).toEqual([]);
  expectNothingInternal(JSON.stringify(reply.body));
}

/** Traces, statements, modules and addresses of servers are nobody's business. */
export const INTERNALS =
  /\bat (?:\/|file:|async |\w+ \()|node_modules|\bselect .* from\b|\binsert into\b|\bupdate \w+ set\b|pg_|drizzle|postgres:\/\/|redis:\/\/|ECONNREFUSED|\.js:\d+|\.ts:\d+|relation "/i;

export function expectNothingInternal(text: string): void {
  expect(INTERNALS.exec(text)?.[0]).toBeUndefined();
}

/** What a reply to bad credentials tells whoever guesses: everything but the correlation id and the time. */
export function whatItTells({ status, headers, body }: HubReply): unknown {
  const { correlationId, ...rest } = body as { correlationId: string };
  expect(correlationId).toBe(headers.get('x-correlation-id'));
  const shown = [...headers].filter(([name]) => !['date', 'x-correlation-id'].includes(name));
  return { status, body: rest, headers: Object.fromEntries(shown) };
}

/** The verdict of the only row of a request. */
export function onlyVerdict(reply: HubReply): { status: string; reason?: string; detail?: string; key: string | null } {
  expect({ status: reply.status, results: reply.body.results?.length }).toEqual({ status: 200, results: 1 });
  return reply.body.results[0];
}
