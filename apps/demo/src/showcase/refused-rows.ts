import { expectThat } from '../failures';
import type { Stage } from './stage';

const HOUR_MS = 3_600_000;

/** The same key twice in one request: the newer row wins, wherever it stands. */
export async function showSupersededRow(stage: Stage): Promise<void> {
  const newer = stage.item('DEMO-TWICE', { name: 'The newer of two' });
  const older = stage.item('DEMO-TWICE', { name: 'The older of two', lastSyncedAt: stage.time(-HOUR_MS) });
  const exhibit = stage.exhibit('superseded', 'a newer row of the same key in this request won');
  for (const row of [newer, older]) exhibit.sent(row, ['sku', 'name', 'lastSyncedAt']);
  for (const verdict of await stage.pushItems([newer, older], ['created', 'superseded'])) exhibit.reply(verdict);
  await stage.expectStored(newer);
}

/** A row that breaks the schema fails alone, and the reply names the field. */
export async function showInvalidRow(stage: Stage): Promise<void> {
  const broken = stage.item('DEMO-COMMA', { priceExclVat: '12,50' });
  const good = stage.item('DEMO-POINT', { priceExclVat: '12.50' });
  const exhibit = stage.exhibit('invalid', 'a bad row fails alone, and the reply names the field');
  for (const row of [broken, good]) exhibit.sent(row, ['sku', 'priceExclVat']);
  const verdicts = await stage.pushItems([broken, good], ['invalid', 'created']);
  for (const verdict of verdicts) exhibit.reply(verdict);
  const [first] = verdicts;
  expectThat(first?.status === 'failed' && first.detail.includes('priceExclVat'), 'the reply names priceExclVat', first);
}

/** A clock that is far ahead would make its rows win for ever. */
export async function showFutureRow(stage: Stage): Promise<void> {
  const early = stage.item('DEMO-FUTURE', { lastSyncedAt: stage.time(HOUR_MS) });
  const exhibit = stage.exhibit('future_timestamp', 'a clock more than 5 minutes ahead would win over every later row');
  exhibit.sent(early, ['sku', 'lastSyncedAt']);
  const [verdict] = await stage.pushItems([early], ['future_timestamp']);
  exhibit.reply({ ...verdict });
}
