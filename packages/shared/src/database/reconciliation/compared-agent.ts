import type { Pool } from 'pg';

/** A registered agent as far as it matters for comparing with it. */
export interface ComparedAgent {
  mode: 'push' | 'pull';
  agentUrl: string | null;
  secretVersion: number;
  signWithPrevious: boolean;
  enabled: boolean;
  /** It refuses the hub's credentials. */
  unauthorized: boolean;
  /** It was heard of within the time after which it counts as offline. */
  alive: boolean;
}

/** Undefined when it is not registered (any more). */
export async function readComparedAgent(pool: Pool, vendorId: string, offlineAfterS: number): Promise<ComparedAgent | undefined> {
  const { rows } = await pool.query<ComparedAgent>(
    `select mode, agent_url as "agentUrl", secret_version as "secretVersion", enabled,
       coalesce(previous_secret_until > now(), false) as "signWithPrevious", unauthorized_since is not null as unauthorized,
       coalesce(last_heartbeat > now() - make_interval(secs => $2), false) as alive
     from agent_registry where vendor_id = $1 and deregistered_at is null`,
    [vendorId, offlineAfterS],
  );
  return rows[0];
}

/** The vendors whose agent is enabled and was heard of within this time, in order. */
export async function listLivingVendors(pool: Pool, offlineAfterS: number): Promise<string[]> {
  const { rows } = await pool.query<{ vendorId: string }>(
    `select vendor_id as "vendorId" from agent_registry
     where deregistered_at is null and enabled and last_heartbeat > now() - make_interval(secs => $1) order by vendor_id`,
    [offlineAfterS],
  );
  return rows.map(({ vendorId }) => vendorId);
}
