import { sealRow } from '@repo/contracts/content-hash';
import type { WarehouseRow } from '../rows';

type Site = [name: string, address: string, postalCode: string, city: string, state: string, latitude: string, longitude: string];

// Real cities, invented streets and buildings.
const SITES: readonly Site[] = [
  ['Plateforme Île-de-France', '14 avenue des Maraîchers', '94150', 'Rungis', 'Île-de-France', '48.7489', '2.3522'],
  ['Entrepôt Rhône-Alpes', '3 rue du Marché-Gare', '69960', 'Corbas', 'Auvergne-Rhône-Alpes', '45.6681', '4.9022'],
  ['Entrepôt Provence', '27 chemin des Arnavelles', '13014', 'Marseille', 'Provence-Alpes-Côte d’Azur', '43.3463', '5.3842'],
  ['Entrepôt Atlantique', '8 quai de la Criée-Neuve', '44400', 'Rezé', 'Pays de la Loire', '47.1819', '-1.5497'],
  ['Entrepôt Nord', '51 rue de la Filature', '59160', 'Lomme', 'Hauts-de-France', '50.6436', '2.9872'],
  ['Entrepôt Aquitaine', '19 quai des Primeurs', '33800', 'Bordeaux', 'Nouvelle-Aquitaine', '44.8183', '-0.5514'],
  ['Dépôt Toulouse – frais', '6 impasse du Lauragais', '31200', 'Toulouse', 'Occitanie', '43.6483', '1.4411'],
  ['Dépôt Strasbourg', '2 route des Houblonnières', '67200', 'Strasbourg', 'Grand Est', '48.5957', '7.7108'],
  ['Quai de transit Bourgogne', '11 rue de l’Écluse', '21600', 'Longvic', 'Bourgogne-Franche-Comté', '47.2897', '5.0639'],
  ['Dépôt Rennes', '40 rue de la Baratte', '35000', 'Rennes', 'Bretagne', '48.1042', '-1.7122'],
  ['Dépôt Clermont', '9 boulevard des Salaisons', '63100', 'Clermont-Ferrand', 'Auvergne-Rhône-Alpes', '45.7972', '3.1269'],
  ['Dépôt Nice – marée', '1 promenade du Thonaire', '06200', 'Nice', 'Provence-Alpes-Côte d’Azur', '43.6725', '7.2044'],
];

/** The ERP's id of the warehouse at `index`. */
export const warehouseIdAt = (index: number): string => `DEP${String(index + 1).padStart(2, '0')}`;

/** The warehouse at `index`; past the last site the sites get a second building, a third … */
export function warehouseRowAt(index: number, at: Date): WarehouseRow {
  const site = SITES[index % SITES.length];
  if (!site) throw new RangeError(`no warehouse ${index}`);
  const [name, address, postalCode, city, state, latitude, longitude] = site;
  const building = Math.floor(index / SITES.length);
  const isTransit = name.startsWith('Quai de transit');
  return sealRow({
    erpWarehouseId: warehouseIdAt(index),
    code: `${postalCode.slice(0, 2)}-${city.slice(0, 3).toUpperCase()}${building === 0 ? '' : `-${building + 1}`}`,
    name: building === 0 ? name : `${name} – bâtiment ${building + 1}`,
    description: isTransit ? 'Passage à quai, sans stockage de longue durée' : null,
    address,
    city,
    postalCode,
    state,
    country: 'FR',
    latitude,
    longitude,
    isActive: true,
    isDefault: index === 0,
    isMain: index === 0,
    type: isTransit ? 'transit' : 'storage',
    contentHash: '',
    lastSyncedAt: at.toISOString(),
  });
}
