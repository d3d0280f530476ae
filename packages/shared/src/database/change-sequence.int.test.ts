import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { Client } from 'pg';
import { CHANGE_SEQ, ensureHubState } from './change-sequence';
import { migrateDatabase } from './migrate';

describe('change numbers', () => {
  let database: TemporaryDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
    await migrateDatabase(database.url);
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const next = async () => BigInt((await client.query<{ next: string }>(`select ${CHANGE_SEQ}::text as next`)).rows[0]?.next ?? '0');

  it('go on upwards after a restore into another cluster, whose transactions count from below', async () => {
    const restored = (await next()) + 1_000_000n;
    await client.query(
      `insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest)
       values ('v', 'w', 'c', 'n', 'h', now(), now(), now(), $1, 0, 0)`,
      [restored.toString()],
    );
    await client.query(`update hub_state set system_identifier = 'another cluster'`);
    await ensureHubState(client);
    expect(await next()).toBeGreaterThan(restored);
  });

  it('stay as they are in the same cluster', async () => {
    const offset = async () =>
      (await client.query<{ change_offset: string }>('select change_offset from hub_state')).rows[0]?.change_offset;
    const before = await offset();
    await ensureHubState(client);
    expect(await offset()).toBe(before);
  });
});
