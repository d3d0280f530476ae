import { divideRounded } from '../decimal';
import type { Pack } from '../lexicon/pack';
import type { Subfamily } from '../lexicon/lexicon';
import { skuAt, subfamilyAt } from './item-codes';
import { mixSeed, Random } from './random';

/** What an item is and costs, before it is written out as a row: also what its stock rows have to agree with. */
export interface ItemDraft {
  index: number;
  sku: string;
  subfamily: Subfamily;
  product: string;
  detail: string;
  brand: string;
  pack: Pack;
  /** Price and purchase price of one pack before VAT, in cents. */
  netCents: bigint;
  purchaseCents: bigint;
}

const DRAFT_STREAM = 2;

/** The item at `index` of the catalogue of `seed`: a function of the two, so that no pass has to remember another one's rows. */
export function draftItem(seed: number, index: number): ItemDraft {
  const random = new Random(mixSeed(seed, DRAFT_STREAM, index));
  const subfamily = subfamilyAt(seed, index);
  const pack = random.pick(subfamily.packs);
  const netCents = packPrice(subfamily, pack, random);
  return {
    index,
    sku: skuAt(seed, index),
    subfamily,
    pack,
    product: random.pick(subfamily.products),
    detail: random.pick(subfamily.details),
    brand: random.pick(subfamily.brands),
    netCents,
    purchaseCents: atLeastOneCent(divideRounded(netCents * BigInt(random.between(58, 86)), 100n)),
  };
}

// The square makes cheap articles common and dear ones rare, as on a real price list.
function packPrice(subfamily: Subfamily, pack: Pack, random: Random): bigint {
  const [low, high] = subfamily.price;
  const place = random.below(1000);
  const centsPerMeasure = low + Math.floor(((high - low) * place * place) / 1_000_000);
  return atLeastOneCent(divideRounded(BigInt(centsPerMeasure) * pack.contents, 1000n));
}

const atLeastOneCent = (cents: bigint): bigint => (cents < 1n ? 1n : cents);
