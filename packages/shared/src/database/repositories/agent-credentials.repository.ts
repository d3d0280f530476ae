import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../connect';
import { agentRegistry } from '../schema/agent-registry';

/** How long a replaced token goes on working. */
export const TOKEN_OVERLAP_MS = 600_000;

/** Whatever made an agent refuse the hub's credentials may be mended by a change: its jobs go on. */
export const trustedAgain = { unauthorizedSince: null, nextProbeAt: null };

/** What a presented token is judged by. */
export interface AgentCredentials {
  enabled: boolean;
  currentHash: string;
  /** The hash of the token before, while that still works. */
  previousHash: string | null;
  /** For how much longer, in milliseconds by the database's clock. */
  previousLeftMs: number;
}

/** What a registration says of an agent; `agentUrl: null` is a pull agent. */
export interface AgentRegistration {
  vendorId: string;
  erpType: string;
  version: string | null;
  agentUrl: string | null;
  idempotentOrders: boolean;
  authTokenHash: string;
}

/** What the reply to a registration is made from. */
export interface RegisteredAgent {
  mode: 'push' | 'pull';
  secretVersion: number;
}

const registered = { mode: agentRegistry.mode, secretVersion: agentRegistry.secretVersion };
const overlapEnd = sql`now() + ${`${TOKEN_OVERLAP_MS} milliseconds`}::interval`;
const leftMs = sql`greatest(0, extract(epoch from ${agentRegistry.previousTokenUntil} - now()) * 1000)`;

/** The credentials of a vendor's agent; undefined when the vendor has none (any more). */
export async function findAgentCredentials(executor: Executor, vendorId: string): Promise<AgentCredentials | undefined> {
  const [row] = await executor
    .select({
      enabled: agentRegistry.enabled,
      currentHash: agentRegistry.authTokenHash,
      previousHash: agentRegistry.previousTokenHash,
      previousLeftMs: sql<number>`coalesce(${leftMs}, 0)`.mapWith(Number),
    })
    .from(agentRegistry)
    .where(and(eq(agentRegistry.vendorId, vendorId), isNull(agentRegistry.deregisteredAt)));
  if (row === undefined) return undefined;
  return row.previousLeftMs > 0 ? row : { ...row, previousHash: null };
}

/** Whether this vendor id was ever registered, deregistered ones too. */
export async function wasEverRegistered(executor: Executor, vendorId: string): Promise<boolean> {
  const rows = await executor.select({ vendorId: agentRegistry.vendorId }).from(agentRegistry).where(eq(agentRegistry.vendorId, vendorId));
  return rows.length > 0;
}

/** Registers an id that never was; undefined when it was (of two at once, one gets undefined). */
export async function insertAgent(executor: Executor, registration: AgentRegistration): Promise<RegisteredAgent | undefined> {
  const [row] = await executor
    .insert(agentRegistry)
    .values({ ...registration, mode: modeOf(registration.agentUrl), lastHeartbeat: sql`now()` })
    .onConflictDoNothing({ target: agentRegistry.vendorId })
    .returning(registered);
  return row;
}

/** Registers an id whether it was or not: new secrets, the tokens before stop working at once. `enabled` is the admin's and stays. */
export async function insertOrReplaceAgent(executor: Executor, registration: AgentRegistration): Promise<RegisteredAgent> {
  const { vendorId: _key, ...said } = { ...registration, mode: modeOf(registration.agentUrl), lastHeartbeat: sql`now()` };
  const [row] = await executor
    .insert(agentRegistry)
    .values({ ...said, vendorId: registration.vendorId })
    .onConflictDoUpdate({
      target: agentRegistry.vendorId,
      set: {
        ...said,
        previousTokenHash: null,
        previousTokenUntil: null,
        secretVersion: sql`${agentRegistry.secretVersion} + 1`,
        previousSecretUntil: null,
        ...trustedAgain,
        deregisteredAt: null,
        updatedAt: sql`now()`,
      },
    })
    .returning(registered);
  if (row === undefined) throw new Error('an upsert without a condition returned no row');
  return row;
}

/** A change of token: from which one, as read when it was presented, to which. */
export interface TokenChange {
  /** The current hash as it was read: when it is another by now, someone else was faster. */
  expectedHash: string;
  /** The hash of the token that was presented, which goes on working for {@link TOKEN_OVERLAP_MS}. */
  presentedHash: string;
  newHash: string;
}

/** What an update names; what is undefined stays. */
export interface AgentUpdate {
  erpType?: string | undefined;
  version?: string | null | undefined;
  agentUrl?: string | null | undefined;
  idempotentOrders?: boolean | undefined;
}

/** Changes a registered agent, which is a sign of life, too; undefined when it went away or someone else changed the token. */
export async function updateAgentAsItself(
  executor: Executor,
  vendorId: string,
  update: AgentUpdate,
  token?: TokenChange,
): Promise<RegisteredAgent | undefined> {
  const { agentUrl } = update;
  const [row] = await executor
    .update(agentRegistry)
    .set({
      ...update,
      ...(agentUrl === undefined ? {} : { mode: modeOf(agentUrl) }),
      ...(token === undefined ? {} : replaceToken(token)),
      ...trustedAgain,
      lastHeartbeat: sql`now()`,
      updatedAt: sql`now()`,
    })
    .where(stillHolds(vendorId, token))
    .returning(registered);
  return row;
}

/** Replaces token and outbound secrets; undefined when the agent went away or someone else changed the token. */
export async function rotateAgentSecrets(
  executor: Executor,
  vendorId: string,
  token: TokenChange,
): Promise<{ secretVersion: number; previousTokenUntil: Date } | undefined> {
  const [row] = await executor
    .update(agentRegistry)
    .set({
      ...replaceToken(token),
      secretVersion: sql`${agentRegistry.secretVersion} + 1`,
      previousSecretUntil: overlapEnd,
      ...trustedAgain,
      updatedAt: sql`now()`,
    })
    .where(stillHolds(vendorId, token))
    .returning({ secretVersion: agentRegistry.secretVersion, previousTokenUntil: agentRegistry.previousTokenUntil });
  if (row === undefined) return undefined;
  if (row.previousTokenUntil === null) throw new Error('a rotation left no end of the overlap');
  return { secretVersion: row.secretVersion, previousTokenUntil: row.previousTokenUntil };
}

function replaceToken({ newHash, presentedHash }: TokenChange) {
  return { authTokenHash: newHash, previousTokenHash: presentedHash, previousTokenUntil: overlapEnd };
}

function stillHolds(vendorId: string, token: TokenChange | undefined) {
  return and(
    eq(agentRegistry.vendorId, vendorId),
    isNull(agentRegistry.deregisteredAt),
    eq(agentRegistry.enabled, true),
    token === undefined ? undefined : eq(agentRegistry.authTokenHash, token.expectedHash),
  );
}

function modeOf(agentUrl: string | null): 'push' | 'pull' {
  return agentUrl === null ? 'pull' : 'push';
}
