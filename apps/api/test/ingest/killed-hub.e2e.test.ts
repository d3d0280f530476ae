import { computeRoot, readRoots } from '@repo/shared/database/ingest/digest-root';
import { startHub, type Hub } from '../support/hub';
import { at, item, mappedVendor } from '../support/rows';

describe('a hub that is killed while it ingests', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(async () => {
    await hub.stop();
  });

  it('holds exactly the source after a restart and a resend of everything: nothing half-written, nothing doubled', async () => {
    const agent = await mappedVendor(hub);
    const batches = Array.from({ length: 100 }, (_, b) =>
      Array.from({ length: 100 }, (__, i) => item(`K${b}-${i}`, { contentHash: `h${b}-${i}`, lastSyncedAt: at(b) })),
    );
    const push = async (rows: unknown[]) => (await hub.agent(agent, 'POST', '/api/sync/items', { items: rows })).status;
    let answered = 0;
    const halfway = new Promise<void>((resolve) => {
      const sending = [...batches];
      const client = async () => {
        for (let rows = sending.shift(); rows !== undefined; rows = sending.shift()) {
          const status = await push(rows).catch(() => 0);
          if (status === 0) return;
          if (++answered === 30) resolve();
        }
      };
      void Promise.all(Array.from({ length: 4 }, client));
    });
    await halfway;
    await hub.kill('SIGKILL');
    const { rows: before } = await hub.pool.query<{ count: string }>('select count(*) from items where vendor_id = $1', [agent.vendorId]);
    expect(Number(before[0]?.count)).toBeGreaterThanOrEqual(answered * 100 - 400);
    expect(Number(before[0]?.count) % 100).toBe(0);

    await hub.restart();
    for (const rows of batches) expect(await push(rows)).toBe(200);
    const { rows } = await hub.pool.query<{ sku: string; content_hash: string }>(
      'select sku, content_hash from items where vendor_id = $1',
      [agent.vendorId],
    );
    const source = new Map(batches.flat().map((row) => [row['sku'] as string, row['contentHash'] as string]));
    expect(new Map(rows.map((row) => [row.sku, row.content_hash]))).toEqual(source);
    expect((await readRoots(hub.pool, agent.vendorId)).items).toEqual(await computeRoot(hub.pool, agent.vendorId, 'items'));
  });

  it('stops cleanly on SIGTERM within its time, answering what it had begun', async () => {
    const other = await startHub();
    const agent = await mappedVendor(other);
    const rows = Array.from({ length: 500 }, (_, i) => item(`S${i}`));
    const replies = Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        other.agent(agent, 'POST', '/api/sync/items', {
          items: rows.map((row) => ({ ...row, contentHash: `c${i}`, lastSyncedAt: at(i) })),
        }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    other.process.kill('SIGTERM');
    const code = await new Promise((resolve) => other.process.once('exit', resolve));
    expect({ code, logs: code === 0 ? '' : other.logs() }).toEqual({ code: 0, logs: '' });
    for (const reply of await replies) expect([200, 503]).toContain(reply.status);
    await other.stop();
  });
});
