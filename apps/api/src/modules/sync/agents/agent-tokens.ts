import { createHash, randomBytes } from 'node:crypto';
import { compare, hash } from 'bcrypt';

const ROUNDS = 10;

/** The hash of a token that nobody has: what a token is compared with where there is nothing to compare it with. */
const NOBODYS_HASH = '$2b$10$5Vy49kDhNWlhAigj643rE.3lws9RTkPcawhRmfQjCg/beRETNHMKq';

/** A new agent token: 256 random bits. */
export function newAgentToken(): string {
  return `agt_${randomBytes(32).toString('base64url')}`;
}

/** Lower-case hex SHA-256: what is hashed at rest, since bcrypt reads only 72 bytes. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The hash at rest of a token, from its digest. */
export function hashTokenDigest(tokenDigest: string): Promise<string> {
  return hash(tokenDigest, ROUNDS);
}

/**
 * Which of an agent's hashes the token matches. A token that matches none is always compared twice, whether there are
 * two hashes, one or no such agent: time tells nothing.
 */
export async function matchToken(
  tokenDigest: string,
  hashes: { currentHash: string; previousHash: string | null } | undefined,
): Promise<string | undefined> {
  for (const candidate of [hashes?.currentHash, hashes?.previousHash]) {
    const matches = await compare(tokenDigest, candidate ?? NOBODYS_HASH);
    if (matches && candidate !== undefined && candidate !== null) return candidate;
  }
  return undefined;
}
