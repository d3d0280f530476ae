import { salesUnit, type SalesUnit } from './units';

/** How an article is packed: `count` pieces of `size` (grams, millilitres or thousandths of a piece). */
export interface Pack {
  unit: SalesUnit;
  count: number;
  /** Contents of the whole pack in thousandths of kg, litre or piece: what a price per kg, litre or piece is multiplied with. */
  contents: bigint;
  measure: 'kg' | 'L' | 'piece';
  /** The size of one piece as people write it: "90 g". */
  sizeText: string;
}

const THOUSANDTHS: Record<string, [factor: number, measure: Pack['measure']]> = {
  g: [1, 'kg'],
  kg: [1000, 'kg'],
  ml: [1, 'L'],
  cl: [10, 'L'],
  L: [1000, 'L'],
  pièce: [1000, 'piece'],
  pièces: [1000, 'piece'],
};

/** Reads the lexicon's shorthand: `COL 6×90 g`, `BAR 500 g`, `CAR 250 pièces`. */
export function parsePack(shorthand: string): Pack {
  const match = /^([A-Z]+) (?:(\d+)×)?([\d,]+) (\S+)$/.exec(shorthand);
  const scale = THOUSANDTHS[match?.[4] ?? ''];
  if (!match || !scale) throw new Error(`no pack shorthand: "${shorthand}"`);
  const count = Number(match[2] ?? 1);
  const size = Math.round(Number(match[3]?.replace(',', '.')) * scale[0]);
  return {
    unit: salesUnit(match[1] ?? ''),
    count,
    contents: BigInt(count * size),
    measure: scale[1],
    sizeText: `${match[3]} ${match[4]}`,
  };
}
