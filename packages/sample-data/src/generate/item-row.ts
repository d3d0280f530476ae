import { sealRow } from '@repo/contracts/content-hash';
import { divideRounded, formatUnits } from '../decimal';
import type { Pack } from '../lexicon/pack';
import type { ItemRow } from '../rows';
import { vatOn } from '../vat';
import { draftItem, type ItemDraft } from './draft-item';
import { itemAttributes } from './item-attributes';
import { itemBarcode } from './item-barcode';
import { itemName, withoutAccents } from './item-name';
import { mixSeed, Random } from './random';

const ROW_STREAM = 3;
const DAY = 86_400_000;

/** The item at `index` as a row, last synced at `at`. */
export function itemRowAt(seed: number, index: number, at: Date): ItemRow {
  const draft = draftItem(seed, index);
  const random = new Random(mixSeed(seed, ROW_STREAM, index));
  const { subfamily, pack, netCents } = draft;
  const isActive = random.chance(96);
  const measured = random.chance(40);
  const price = formatUnits(netCents, 2);
  const vatCents = vatOn(netCents, subfamily.vat);
  return sealRow({
    sku: draft.sku,
    name: itemName(draft, random),
    contentHash: '',
    lastSyncedAt: at.toISOString(),
    erpUnitCode: pack.unit.erpCode,
    erpVatCode: subfamily.vat.erpCode,
    erpFamilyCode: subfamily.family.code,
    erpSubfamilyCode: subfamily.code,
    erpId: String(100_000 + index),
    description: random.chance(35) ? description(draft) : null,
    barcode: itemBarcode(draft, random),
    slug: slug(draft),
    unitPrice: price,
    priceExclVat: price,
    vatAmount: formatUnits(vatCents, 2),
    priceInclVat: formatUnits(netCents + vatCents, 2),
    catalogPrice: formatUnits(divideRounded(netCents * BigInt(random.between(100, 118)), 100n), 2),
    purchasePrice: formatUnits(draft.purchaseCents, 2),
    currency: 'EUR',
    minimumOrderQuantity: pack.unit.erpCode === 'KG' ? formatUnits(BigInt(random.between(1, 10) * 500), 3) : '1',
    manageStock: true,
    allowNegativeStock: subfamily.storage === 'frais',
    stockBookingAllowed: random.chance(90),
    trackingMode: trackingMode(draft, random),
    weight: formatUnits(grams(pack, random), 3),
    weightUnit: 'kg',
    height: measured ? centimetres(random, 4, 60) : null,
    width: measured ? centimetres(random, 6, 80) : null,
    length: measured ? centimetres(random, 8, 120) : null,
    dimensionUnit: measured ? 'cm' : null,
    itemsPerPackage: pack.measure === 'piece' ? Number(pack.contents / 1000n) : pack.count,
    brand: draft.brand,
    originCountryCode: random.pick(subfamily.origins),
    isActive,
    publishOnWeb: isActive && random.chance(82),
    erpUpdatedAt: new Date(at.getTime() - random.between(1, 400) * DAY - random.below(DAY)).toISOString(),
    attributes: itemAttributes(draft, random),
  });
}

// The lot is what a recall needs, so fresh and frozen food has one; appliances that are repaired one by one have a serial number.
function trackingMode(draft: ItemDraft, random: Random): ItemRow['trackingMode'] {
  if (draft.subfamily.storage !== 'ambiant') return 'lot';
  return draft.subfamily.code === 'MAPR-CUI' && random.chance(5) ? 'serial' : 'none';
}

// A litre of food weighs about a kilogram; pieces get a weight of 5 to 400 g each.
const grams = (pack: Pack, random: Random): bigint =>
  pack.measure === 'piece' ? (pack.contents * BigInt(random.between(5, 400))) / 1000n : pack.contents;

const centimetres = (random: Random, low: number, high: number): string => formatUnits(BigInt(random.between(low * 10, high * 10)), 1);

const description = ({ product, detail, brand, subfamily }: ItemDraft): string =>
  `${product}${detail === '' ? '' : `, ${detail}`}.\n« ${brand} » – rayon ${subfamily.label.toLowerCase()}, produit ${subfamily.storage}.`;

const slug = ({ product, detail, index }: ItemDraft): string =>
  `${withoutAccents(`${product} ${detail}`)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}-${index}`;
