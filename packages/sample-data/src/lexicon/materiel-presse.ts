import type { FamilyText } from './lexicon';

export const MATERIEL_PRESSE: FamilyText = {
  code: 'MAPR',
  label: 'Matériel et presse professionnelle',
  brands: `Coutellerie Thiersange, Inox Marvaldier, Atelier du Piano Fumant`,
  subfamilies: [
    {
      code: 'MAPR-CUI',
      label: 'Petit matériel de cuisine',
      products: `Couteau d’office, Couteau de chef 20 cm, Bac gastronorme GN 1/1, Poêle acier Ø 28, Fouet inox, Planche à découper HACCP, Louche 12 cl,
        Thermomètre sonde, Cul-de-poule inox, Mandoline, Chalumeau`,
      details: `manche surmoulé, inox 18/10, garantie 2 ans, code couleur rouge, tous feux`,
      packs: `PCE 1 pièce, LOT 6 pièces, BTE 12 pièces`,
      price: [290, 8900],
      vat: 'TVA200',
      origins: 'FR, FR, DE, PT, CN',
    },
    {
      code: 'MAPR-TAB',
      label: 'Arts de la table',
      brands: `Verrerie d’Albrunne, Porcelaines de Courvignac`,
      products: `Assiette plate porcelaine 27 cm, Verre à vin 35 cl, Tasse expresso, Fourchette de table, Carafe 1 L, Ramequin Ø 9, Cocotte individuelle, Ménagère`,
      details: `blanc, empilable, trempé, hôtelière, bord renforcé`,
      packs: `LOT 6 pièces, LOT 12 pièces, CAR 24 pièces, PCE 1 pièce`,
      price: [95, 1690],
      vat: 'TVA200',
      origins: 'FR, FR, PT, CZ, CN',
    },
    {
      code: 'MAPR-REV',
      label: 'Revues et journaux professionnels',
      brands: `Éditions du Billot, Presse Gourmandière`,
      products: `Le Cahier des métiers de bouche, La Gazette du restaurateur, Revue de la boulange, Le Courrier des halles, Le Mensuel du sommelier`,
      details: `numéro spécial, édition régionale, hors-série, abonnement 12 numéros`,
      packs: `PCE 1 pièce, LOT 10 pièces`,
      price: [210, 990],
      vat: 'TVA021',
    },
  ],
};
