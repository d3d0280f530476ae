import { divideRounded, formatUnits } from './decimal';

/** A VAT rate: the ERP's code, the hub's code and the rate in tenths of a percent (5.5 % is 55). */
export interface VatRate {
  erpCode: string;
  restoCode: string;
  label: string;
  perMille: bigint;
}

/** The four rates of metropolitan France. */
export const FRENCH_VAT: readonly VatRate[] = [
  { erpCode: 'TVA200', restoCode: 'FR-20', label: 'TVA 20 % (taux normal)', perMille: 200n },
  { erpCode: 'TVA100', restoCode: 'FR-10', label: 'TVA 10 % (taux intermédiaire)', perMille: 100n },
  { erpCode: 'TVA055', restoCode: 'FR-5.5', label: 'TVA 5,5 % (taux réduit)', perMille: 55n },
  { erpCode: 'TVA021', restoCode: 'FR-2.1', label: 'TVA 2,1 % (taux particulier)', perMille: 21n },
];

/** The rate behind an ERP code or a hub code; undefined for a code that is neither. */
export const findVat = (code: string): VatRate | undefined => FRENCH_VAT.find((rate) => rate.erpCode === code || rate.restoCode === code);

/** The rate in percent as a decimal text: `"5.5"`. */
export const vatPercent = (rate: VatRate): string => formatUnits(rate.perMille, 1);

/** The VAT on a net amount, both in cents. */
export const vatOn = (netCents: bigint, rate: VatRate): bigint => divideRounded(netCents * rate.perMille, 1000n);
