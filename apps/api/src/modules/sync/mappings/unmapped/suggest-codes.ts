import type { MappingSuggestion, MappingType } from '@repo/contracts/operations/mapping-operations';
import { foldCode, nearness } from './near-code';

/** The most suggestions a code gets. */
export const MOST_SUGGESTED = 5;

/** A mapping to compare with: this vendor's own, or one of the marketplace's common vocabulary. */
export interface Comparable {
  type: MappingType;
  /** The ERP code; of other vendors it is compared with but never shown. */
  code: string;
  restoCode: string;
  restoLabel: string;
  vatRate: string | null;
  own: boolean;
  uses: number;
}

/** A {@link Comparable} with its texts folded once, however many codes it is compared with. */
export interface FoldedComparable extends Comparable {
  foldedCode: string;
  foldedRestoCode: string;
  foldedLabel: string;
}

/** What stored items with the same barcode say; `restoLabel` is null where items do not keep it. */
export interface BarcodeHint {
  restoCode: string;
  restoLabel: string | null;
  vatRate: string | null;
  uses: number;
}

type Because = MappingSuggestion['because'];

interface Candidate extends MappingSuggestion {
  distance: number;
  own: boolean;
  uses: number;
}

/** The stronger reasons first. */
const STRENGTH: Readonly<Record<Because, number>> = { same_code: 0, same_label: 1, same_barcode: 2, near_code: 3 };

export function fold(known: Comparable): FoldedComparable {
  return {
    ...known,
    foldedCode: foldCode(known.code),
    foldedRestoCode: foldCode(known.restoCode),
    foldedLabel: foldCode(known.restoLabel),
  };
}

/** What an unmapped code may mean: at most {@link MOST_SUGGESTED} Resto codes, each once, the most likely first. */
export function suggestCodes(code: string, known: readonly FoldedComparable[], hints: readonly BarcodeHint[]): MappingSuggestion[] {
  const candidates = [...compare(code, known), ...hints.map((hint) => fromHint(hint, known))].sort(byLikelihood);
  const best = new Map<string, MappingSuggestion>();
  for (const { restoCode, restoLabel, vatRate, because } of candidates) {
    if (!best.has(restoCode)) best.set(restoCode, { restoCode, restoLabel, vatRate, because });
    if (best.size === MOST_SUGGESTED) break;
  }
  return [...best.values()];
}

function* compare(code: string, known: readonly FoldedComparable[]): Generator<Candidate> {
  const folded = foldCode(code);
  // Thousands of codes mean a few Resto codes: each text is compared once.
  const distances = new Map<string, number>();
  const distanceTo = (text: string) => {
    let distance = distances.get(text);
    if (distance === undefined) distances.set(text, (distance = nearness(folded, text) ?? Infinity));
    return distance;
  };
  for (const entry of known) {
    const likeness = likenessOf(code, folded, entry, distanceTo);
    if (likeness === undefined) continue;
    const { restoCode, restoLabel, vatRate, own, uses } = entry;
    yield { restoCode, restoLabel, vatRate, own, uses, ...likeness };
  }
}

function likenessOf(
  code: string,
  folded: string,
  entry: FoldedComparable,
  distanceTo: (text: string) => number,
): { because: Because; distance: number } | undefined {
  if (entry.code === code) return { because: 'same_code', distance: 0 };
  // A code of nothing but punctuation is like no other.
  if (folded === '') return undefined;
  if (folded === entry.foldedCode || folded === entry.foldedRestoCode) return { because: 'same_code', distance: 1 };
  if (folded === entry.foldedLabel) return { because: 'same_label', distance: 0 };
  const distance = Math.min(distanceTo(entry.foldedCode), distanceTo(entry.foldedRestoCode));
  return distance === Infinity ? undefined : { because: 'near_code', distance };
}

/** Items keep no label of their VAT: a mapping of the same Resto code has one, or the code stands for itself. */
function fromHint({ restoCode, restoLabel, vatRate, uses }: BarcodeHint, known: readonly FoldedComparable[]): Candidate {
  const label = restoLabel ?? known.find((entry) => entry.restoCode === restoCode)?.restoLabel ?? restoCode;
  return { restoCode, restoLabel: label, vatRate, because: 'same_barcode', distance: 0, own: true, uses };
}

function byLikelihood(left: Candidate, right: Candidate): number {
  return (
    STRENGTH[left.because] - STRENGTH[right.because] ||
    left.distance - right.distance ||
    Number(right.own) - Number(left.own) ||
    right.uses - left.uses ||
    (left.restoCode < right.restoCode ? -1 : Number(left.restoCode > right.restoCode))
  );
}
