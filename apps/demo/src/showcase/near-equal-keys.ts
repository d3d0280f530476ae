import { getItem } from '@repo/contracts/operations/read-operations';
import { addressOf } from '../hub/hub-client';
import type { Stage } from './stage';

/** Keys that differ in case or in a blank are different keys. */
export async function showNearEqualKeys(stage: Stage): Promise<void> {
  const rows = ['DEMO-DUPX', 'demo-dupx', 'demo-dupx '].map((sku, place) => stage.item(sku, { name: `Number ${place + 1} of three` }));
  const exhibit = stage.exhibit('created, created, created', 'keys are exact: case and blanks count');
  for (const row of rows) exhibit.sent(row, ['sku', 'name']);
  await stage.pushItems(
    rows,
    rows.map(() => 'created'),
  );
  for (const row of rows) {
    const { sku, name } = await stage.expectStored(row);
    exhibit.fact(
      'read',
      `GET ${addressOf(getItem, { params: { vendorId: stage.vendor.vendorId, sku: row.sku } })} → ${JSON.stringify({ sku, name })}`,
    );
  }
}
