import { mixSeed, Random } from './random';
import { SUBFAMILIES } from '../lexicon/wholesaler';
import type { Subfamily } from '../lexicon/lexicon';

/** Code pairs that a careless comparison takes for one: case, blanks, leading zeros, composed accents, ligatures, look-alike hyphens. */
export const NEAR_EQUAL_CODES: readonly string[] = [
  'DUPX',
  'dupx',
  'dupx ',
  'DUPX ',
  ' DUPX',
  'Dupx',
  '0003',
  '0003 ',
  '003',
  '3',
  'CRÈME-1',
  'CRE\u0300ME-1',
  'ŒUF-12',
  'OEUF-12',
  'A-1',
  'A\u20111',
  'A 1',
  'A\u00a01',
  'stra\u00dfe-9',
  'strasse-9',
  'L'.repeat(99) + '1',
  'L'.repeat(99) + 'l',
];

const FIRST_NEAR_EQUAL = 5;
const NEAR_EQUAL_STEP = 3;
const TWIN_EVERY = 251;

const SUBFAMILY_STREAM = 1;

/** The subfamily of the item at `index`. */
export const subfamilyAt = (seed: number, index: number): Subfamily => new Random(mixSeed(seed, SUBFAMILY_STREAM, index)).pick(SUBFAMILIES);

/**
 * The SKU of the item at `index`, never the same for two indexes. The list of near-equal codes lies within the first hundred items;
 * after it one code in 251 is a near-equal twin of the one before, so that both fall into one batch.
 */
export function skuAt(seed: number, index: number): string {
  const place = (index - FIRST_NEAR_EQUAL) / NEAR_EQUAL_STEP;
  const special = Number.isInteger(place) ? NEAR_EQUAL_CODES[place] : undefined;
  if (special !== undefined) return special;
  return index % TWIN_EVERY === TWIN_EVERY - 1 ? twinOf(plainSku(seed, index - 1), index) : plainSku(seed, index);
}

// Old articles kept the bare number of the previous system; that is where real catalogues have codes with leading zeros.
function plainSku(seed: number, index: number): string {
  const number = String(index).padStart(6, '0');
  return index % 5 === 0 ? number : `${subfamilyAt(seed, index).code}-${number}`;
}

// A plain code is at least six digits, bare or behind upper-case letters: none of these forms can be another item's plain code.
function twinOf(sku: string, index: number): string {
  const lower = sku.toLowerCase();
  if (index % 2 === 0 && lower !== sku) return lower;
  return index % 3 === 0 ? ` ${sku}` : `${sku} `;
}
