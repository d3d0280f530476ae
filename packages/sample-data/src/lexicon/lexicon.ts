import { findVat, type VatRate } from '../vat';
import { parsePack, type Pack } from './pack';

export type Storage = 'frais' | 'surgelé' | 'ambiant';

/** What the tables say about a subfamily, in shorthand. Prices are cents per kg, litre or piece, before VAT. */
export interface SubfamilyText {
  code: string;
  label: string;
  /** Where it differs from the family's. */
  brands?: string;
  products: string;
  /** Said after the product; a number of empty ones leaves some products plain. */
  details: string;
  packs: string;
  price: [low: number, high: number];
  vat?: 'TVA200' | 'TVA100' | 'TVA055' | 'TVA021';
  storage?: Storage;
  /** Days from delivery to the use-by or best-before date. */
  days?: [low: number, high: number];
  allergens?: string;
  /** Nutri-Scores to draw from; none for what bears none (drinks with alcohol, hygiene …). */
  nutriScores?: string;
  origins?: string;
}

export interface FamilyText {
  code: string;
  label: string;
  brands: string;
  subfamilies: SubfamilyText[];
}

/** A subfamily with its shorthand read. */
export interface Subfamily {
  family: { code: string; label: string };
  code: string;
  label: string;
  brands: readonly string[];
  products: readonly string[];
  details: readonly string[];
  packs: readonly Pack[];
  price: [low: number, high: number];
  vat: VatRate;
  storage: Storage;
  days: [low: number, high: number] | undefined;
  allergens: readonly string[];
  nutriScores: readonly string[];
  origins: readonly string[];
}

/** Splits at a comma with a blank behind it, which leaves the decimal comma of "2,5 kg" alone. */
export const list = (text: string): string[] => (text.trim() === '' ? [] : text.trim().split(/,\s+/));

/** Reads the shorthand of one family. */
export function readFamily(family: FamilyText): Subfamily[] {
  return family.subfamilies.map((text) => {
    const vat = findVat(text.vat ?? 'TVA055');
    if (!vat) throw new Error(`${text.code}: no VAT rate "${text.vat}"`);
    return {
      family: { code: family.code, label: family.label },
      code: text.code,
      label: text.label,
      brands: list(text.brands ?? family.brands),
      products: list(text.products),
      details: ['', '', ...list(text.details)],
      packs: list(text.packs).map(parsePack),
      price: text.price,
      vat,
      storage: text.storage ?? 'ambiant',
      days: text.days,
      allergens: list(text.allergens ?? ''),
      nutriScores: Array.from(text.nutriScores ?? ''),
      origins: list(text.origins ?? 'FR'),
    };
  });
}
