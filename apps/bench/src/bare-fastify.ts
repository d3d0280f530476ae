import fastify from 'fastify';
import { Pool } from 'pg';

const HEARTBEAT = {
  name: 'bare-heartbeat',
  text: `update bare_agents set last_heartbeat = now(), version = $2, clock_skew_ms = $3 where vendor_id = $1`,
};

interface Said {
  vendorId: string;
  version: string;
  agentTime: string;
}

/** What the heartbeat is held against: a JSON route that does one update, with nothing around it. A process of its own. */
async function main(databaseUrl: string): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl, max: 10 });
  const app = fastify();
  app.post<{ Body: Said }>('/heartbeat', async ({ body }) => {
    const now = Date.now();
    const clockSkewMs = Date.parse(body.agentTime) - now;
    await pool.query({ ...HEARTBEAT, values: [body.vendorId, body.version, clockSkewMs] });
    return { status: 'online', serverTime: new Date(now).toISOString(), clockSkewMs };
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  process.send?.(address);
  process.once('disconnect', () => process.exit(0));
}

void main(process.argv[2] as string);
