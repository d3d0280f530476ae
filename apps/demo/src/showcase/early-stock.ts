import { getStockAt } from '@repo/contracts/operations/read-operations';
import { sealRow } from '@repo/contracts/content-hash';
import type { StockRow, WarehouseRow } from '@repo/sample-data/rows';
import { expectThat } from '../failures';
import { duration } from '@repo/terminal/numbers';
import type { Stage } from './stage';

/** Stock that comes before its item waits for it. */
export async function showEarlyStock(stage: Stage): Promise<void> {
  const { vendorId } = stage.vendor;
  const [sku, erpWarehouseId] = ['DEMO-EARLY', 'DEMO-DEPOT'];
  const depot: WarehouseRow = {
    erpWarehouseId,
    code: 'DEMO',
    name: 'Dépôt de démonstration',
    contentHash: '',
    lastSyncedAt: stage.time(0),
  };
  await stage.vendor.push('warehouses', [sealRow(depot)]);

  const quantities = { realStock: '42', virtualStock: '40', reservedQuantity: '2' };
  const row: StockRow = sealRow({ sku, erpWarehouseId, ...quantities, contentHash: '', lastSyncedAt: stage.time(0) });
  const exhibit = stage.exhibit('item_not_found, parked', 'stock that arrives before its item waits for it');
  exhibit.sent(row, ['sku', 'erpWarehouseId', 'realStock']);
  const [verdict] = await stage.vendor.push('stock', [row]);
  exhibit.reply({ ...verdict });
  const parked = verdict?.status === 'failed' && verdict.reason === 'item_not_found' && verdict.parked === true;
  expectThat(parked, 'stock of an unknown item is parked', verdict);

  const item = stage.item(sku, { name: 'The item that its stock waited for' });
  await stage.pushItems([item], ['created']);
  exhibit.sent(item, ['sku', 'name']);
  const { found, ms } = await stage.untilReplayed(`the stock that waited for ${sku}`, () =>
    stage.hub.callIfThere(getStockAt, { headers: stage.admin, params: { vendorId, sku, erpWarehouseId } }),
  );
  exhibit.fact('then', `replayed by itself after ${duration(ms)}: ${JSON.stringify({ sku, realStock: found.realStock })} is stored`);
  expectThat(found.realStock === row.realStock && found.contentHash === row.contentHash, 'the stock is stored as it was sent', found);
}
