import { useTestDatabase } from '../../test/support/test-database';
import { CHANGE_SEQ, ensureHubState } from './change-sequence';

describe('change numbers', () => {
  const test = useTestDatabase();

  const next = async () => BigInt((await test.client.query<{ next: string }>(`select ${CHANGE_SEQ}::text as next`)).rows[0]?.next ?? '0');

  it('go on upwards after a restore into another cluster, whose transactions count from below', async () => {
    const restored = (await next()) + 1_000_000n;
    await test.client.query(
      `insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest)
       values ('v', 'w', 'c', 'n', 'h', now(), now(), now(), $1, 0, 0)`,
      [restored.toString()],
    );
    await test.client.query(`update hub_state set system_identifier = 'another cluster'`);
    await ensureHubState(test.client);
    expect(await next()).toBeGreaterThan(restored);
  });

  it('stay as they are in the same cluster', async () => {
    const offset = async () =>
      (await test.client.query<{ change_offset: string }>('select change_offset from hub_state')).rows[0]?.change_offset;
    const before = await offset();
    await ensureHubState(test.client);
    expect(await offset()).toBe(before);
  });
});
