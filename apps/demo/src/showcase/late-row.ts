import { sealRow } from '@repo/contracts/content-hash';
import type { Stage } from './stage';

const DAY_MS = 86_400_000;

/** A delayed older row does not overwrite the newer one. */
export async function showLateRow(stage: Stage): Promise<void> {
  const { template } = stage;
  const before = new Date(Date.parse(template.lastSyncedAt) - DAY_MS).toISOString();
  const late = sealRow({ ...template, name: 'Yesterday’s name', lastSyncedAt: before });
  const exhibit = stage.exhibit('stale', 'an older row that arrives late changes nothing');
  exhibit.fact('stored', JSON.stringify({ sku: template.sku, name: template.name, lastSyncedAt: template.lastSyncedAt }));
  exhibit.sent(late, ['sku', 'name', 'lastSyncedAt']);
  const [verdict] = await stage.pushItems([late], ['stale']);
  exhibit.reply({ ...verdict });
  await stage.expectStored(template);
}
