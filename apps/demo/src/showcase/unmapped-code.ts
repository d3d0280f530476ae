import { createMapping, listUnmapped, type MappingType } from '@repo/contracts/operations/mapping-operations';
import type { ItemRow } from '@repo/sample-data/rows';
import { expectThat } from '../failures';
import { duration, plural } from '@repo/terminal/numbers';
import type { Stage } from './stage';

/** What an operator answers when there is no suggestion. */
const ANSWERS = {
  unit: { restoCode: 'PIECE', restoLabel: 'Pièce', vatRate: null },
  vat: { restoCode: 'FR-20', restoLabel: 'TVA 20 % (taux normal)', vatRate: '20' },
};

/** A slip of the pen in a unit code: the row waits until an operator maps the code, and is then stored by itself. */
export async function showUnmappedUnit(stage: Stage): Promise<void> {
  const { erpUnitCode: known } = stage.template;
  const erpUnitCode = stage.unmapped('unit', [`${known}S`, `${known}X`, `${known}Z`]);
  await showUnmapped(stage, 'unit', erpUnitCode, stage.item('DEMO-UNIT', { erpUnitCode }), 'near_code');
}

/** A VAT code that resembles none; but an item with the same barcode is stored, and its rate is known. */
export async function showUnmappedVat(stage: Stage): Promise<void> {
  const { barcode = null, erpVatCode: known } = stage.template;
  const erpVatCode = stage.unmapped('vat', barcode === null ? [`${known}.`, `${known}-`] : ['NEW-RATE', 'OTHER-RATE']);
  await showUnmapped(
    stage,
    'vat',
    erpVatCode,
    stage.item('DEMO-VAT', { erpVatCode, barcode }),
    barcode === null ? 'same_code' : 'same_barcode',
  );
}

async function showUnmapped(stage: Stage, mappingType: MappingType & ('unit' | 'vat'), erpCode: string, row: ItemRow, because: string) {
  const reason = `unmapped_${mappingType}` as const;
  const exhibit = stage.exhibit(`${reason}, parked`, 'the row waits for a mapping and is then replayed by itself');
  exhibit.sent(row, ['sku', mappingType === 'unit' ? 'erpUnitCode' : 'erpVatCode', ...(row.barcode ? ['barcode'] : [])]);
  const [verdict] = await stage.pushItems([row], [reason]);
  exhibit.reply({ ...verdict });
  expectThat(verdict?.status === 'failed' && verdict.parked === true, `a row with ${reason} is parked`, verdict);

  const waiting = await findInInbox(stage, mappingType, erpCode);
  const may = waiting.suggestions.map(({ restoCode, restoLabel, because: why }) => `${restoCode}, ${restoLabel} (${why})`).join(' or ');
  exhibit.fact(
    'inbox',
    `${mappingType} ${JSON.stringify(erpCode)}: ${plural(waiting.parkedRows, 'row waits', 'rows wait')}; may mean ${may}`,
  );
  expectThat(
    waiting.suggestions.some((suggestion) => suggestion.because === because),
    `the inbox suggests a ${mappingType} for ${erpCode} (${because})`,
    waiting.suggestions,
  );

  const { restoCode, restoLabel, vatRate } = waiting.suggestions[0] ?? ANSWERS[mappingType];
  const mapping = { mappingType, erpCode, restoCode, restoLabel, ...(vatRate === null ? {} : { vatRate }) };
  exhibit.fact('admin', `POST ${createMapping.path} ${JSON.stringify(mapping)}`);
  await stage.hub.call(createMapping, { headers: stage.admin, body: { vendorId: stage.vendor.vendorId, ...mapping } });

  const { found, ms } = await stage.untilReplayed(`the row that waited for ${erpCode}`, () => stage.readItem(row.sku));
  const stored = mappingType === 'unit' ? { unitCode: found.unitCode } : { vatCode: found.vatCode, vatRate: found.vatRate };
  exhibit.fact('then', `replayed by itself after ${duration(ms)}: ${row.sku} is stored with ${JSON.stringify(stored)}`);
  expectThat((mappingType === 'unit' ? found.unitCode : found.vatCode) === restoCode, `${row.sku} is stored as ${restoCode}`, stored);
  await stage.expectStored(row);
}

async function findInInbox(stage: Stage, mappingType: MappingType, erpCode: string) {
  const query = { vendorId: stage.vendor.vendorId, limit: '100' };
  const { data } = await stage.hub.call(listUnmapped, { headers: stage.admin, query });
  const waiting = data.find((code) => code.mappingType === mappingType && code.erpCode === erpCode);
  expectThat(waiting !== undefined, `${mappingType} ${erpCode} is in the inbox of unmapped codes`, data);
  return waiting;
}
