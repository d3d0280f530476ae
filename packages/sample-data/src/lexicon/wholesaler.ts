import { BOISSONS } from './boissons';
import { BOUCHERIE } from './boucherie';
import { BOULANGERIE } from './boulangerie';
import { CHARCUTERIE } from './charcuterie';
import { CREMERIE } from './cremerie';
import { EPICERIE_SALEE } from './epicerie-salee';
import { EPICERIE_SUCREE } from './epicerie-sucree';
import { FRUITS_LEGUMES } from './fruits-legumes';
import { HYGIENE_EMBALLAGE } from './hygiene-emballage';
import { readFamily } from './lexicon';
import { MAREE } from './maree';
import { MATERIEL_PRESSE } from './materiel-presse';
import { SURGELES } from './surgeles';

/** The whole range of the invented wholesaler. Brands and companies are made up. */
export const SUBFAMILIES = [
  CREMERIE,
  BOUCHERIE,
  CHARCUTERIE,
  MAREE,
  FRUITS_LEGUMES,
  EPICERIE_SALEE,
  EPICERIE_SUCREE,
  BOISSONS,
  SURGELES,
  BOULANGERIE,
  HYGIENE_EMBALLAGE,
  MATERIEL_PRESSE,
].flatMap(readFamily);
