import { ean13 } from '../ean13';
import { SUBFAMILIES } from '../lexicon/wholesaler';
import type { ItemDraft } from './draft-item';
import type { Random } from './random';

const BRAND_NUMBERS = new Map(
  [...new Set(SUBFAMILIES.flatMap((subfamily) => subfamily.brands))].map((brand, place) => [brand, 100 + place]),
);

/** An EAN-13; null for the few articles that never got one. */
export function itemBarcode(draft: ItemDraft, random: Random): string | null {
  if (random.chance(4)) return null;
  // What is weighed at the counter bears a number of the shop's own range (2…), with room for the weight.
  if (draft.pack.unit.erpCode === 'KG') return ean13(`26${digits(draft.index, 5)}00000`);
  return ean13(`37${digits(BRAND_NUMBERS.get(draft.brand) ?? 0, 3)}${digits(draft.index, 7)}`);
}

const digits = (value: number, count: number): string => String(value % 10 ** count).padStart(count, '0');
