import { SALES_UNITS } from '../lexicon/units';
import { SUBFAMILIES } from '../lexicon/wholesaler';
import type { MappingEntry } from '../rows';
import { FRENCH_VAT, vatPercent } from '../vat';

/** Every code that generated items bear: units, VAT, families, subfamilies. */
export function mappingEntries(): MappingEntry[] {
  const families = new Map(SUBFAMILIES.map(({ family }) => [family.code, family.label]));
  return [
    ...SALES_UNITS.map(({ erpCode, restoCode, label }): MappingEntry => ({ mappingType: 'unit', erpCode, restoCode, restoLabel: label })),
    ...FRENCH_VAT.map((rate): MappingEntry => ({
      mappingType: 'vat',
      erpCode: rate.erpCode,
      restoCode: rate.restoCode,
      restoLabel: rate.label,
      vatRate: vatPercent(rate),
    })),
    ...[...families].map(([code, label]): MappingEntry => ({
      mappingType: 'family',
      erpCode: code,
      restoCode: `R-${code}`,
      restoLabel: label,
    })),
    ...SUBFAMILIES.map(({ code, label }): MappingEntry => ({
      mappingType: 'subfamily',
      erpCode: code,
      restoCode: `R-${code}`,
      restoLabel: label,
    })),
  ];
}
