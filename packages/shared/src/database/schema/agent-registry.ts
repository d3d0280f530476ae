import { sql } from 'drizzle-orm';
import { boolean, check, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { int64, keyText, time } from './columns';

/** One row a vendor's agent. `last_heartbeat` is not indexed: a heartbeat stays a HOT update. */
export const agentRegistry = pgTable(
  'agent_registry',
  {
    vendorId: keyText('vendor_id').notNull(),
    agentUrl: text('agent_url'),
    erpType: text('erp_type').notNull(),
    mode: text('mode').$type<'push' | 'pull'>().notNull(),
    enabled: boolean('enabled').notNull().default(true),
    idempotentOrders: boolean('idempotent_orders').notNull().default(false),
    version: text('version'),
    lastHeartbeat: time('last_heartbeat'),
    clockSkewMs: int64('clock_skew_ms'),
    /** bcrypt (10 rounds) of the SHA-256 of the token: bcrypt reads only 72 bytes. */
    authTokenHash: text('auth_token_hash').notNull(),
    previousTokenHash: text('previous_token_hash'),
    previousTokenUntil: time('previous_token_until'),
    /** Which derivation of the outbound secrets is valid; never goes back. */
    secretVersion: integer('secret_version').notNull().default(1),
    /** Until when calls are signed with the secrets of the version before, too. */
    previousSecretUntil: time('previous_secret_until'),
    /** Since when the agent refuses the hub's credentials (401, 403): its jobs are held until it or an admin changes something. */
    unauthorizedSince: time('unauthorized_since'),
    /** When one of the held jobs may try whether it still does. */
    nextProbeAt: time('next_probe_at'),
    deregisteredAt: time('deregistered_at'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId] }),
    check('agent_registry_mode', sql`${table.mode} in ('push', 'pull')`),
    check('agent_registry_url', sql`(${table.mode} = 'push') = (${table.agentUrl} is not null)`),
    check('agent_registry_previous', sql`(${table.previousTokenHash} is null) = (${table.previousTokenUntil} is null)`),
    check('agent_registry_secret_version', sql`${table.secretVersion} >= 1`),
  ],
);
