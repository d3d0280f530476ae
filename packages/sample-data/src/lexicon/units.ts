/** How a pack is sold: the ERP's unit code, the hub's code, its label, and the word that stands before a size ("barquette 500 g"). */
export interface SalesUnit {
  erpCode: string;
  restoCode: string;
  label: string;
  word: string;
}

const unit = (erpCode: string, restoCode: string, label: string, word = label.toLowerCase()): SalesUnit => ({
  erpCode,
  restoCode,
  label,
  word,
});

export const SALES_UNITS: readonly SalesUnit[] = [
  unit('PCE', 'PIECE', 'Pièce'),
  unit('KG', 'KILOGRAM', 'Kilogramme', 'au kg'),
  unit('COL', 'CASE', 'Colis'),
  unit('CAR', 'CARTON', 'Carton'),
  unit('BAR', 'TRAY', 'Barquette'),
  unit('BTL', 'BOTTLE', 'Bouteille'),
  unit('BID', 'JERRYCAN', 'Bidon'),
  unit('BTE', 'BOX', 'Boîte'),
  unit('BOC', 'JAR', 'Bocal'),
  unit('BRI', 'BRICK', 'Brique'),
  unit('SAC', 'BAG', 'Sac'),
  unit('SCH', 'SACHET', 'Sachet'),
  unit('SEA', 'BUCKET', 'Seau'),
  unit('POC', 'POUCH', 'Poche'),
  unit('LOT', 'LOT', 'Lot'),
  unit('PQT', 'PACK', 'Paquet'),
  unit('PLT', 'PLATTER', 'Plateau'),
  unit('CAI', 'CRATE', 'Caisse'),
  unit('ROU', 'ROLL', 'Rouleau'),
  unit('FUT', 'KEG', 'Fût'),
];

/** The unit with this ERP code; a code that the table lacks is a mistake in the lexicon. */
export function salesUnit(erpCode: string): SalesUnit {
  const found = SALES_UNITS.find((unit) => unit.erpCode === erpCode);
  if (!found) throw new Error(`no sales unit "${erpCode}"`);
  return found;
}
