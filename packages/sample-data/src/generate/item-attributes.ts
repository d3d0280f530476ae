import type { ItemDraft } from './draft-item';
import type { Random } from './random';

const TEMPERATURES = { frais: [0, 4], surgelé: [-25, -18], ambiant: [10, 25] } as const;

const LABELS = ['AB', 'HVE', 'Fait maison possible', 'Origine France garantie par le producteur', 'Sans OGM'];

/** What has no field of its own: storage, shelf life, allergens, Nutri-Score. Goes through the hub as it is. */
export function itemAttributes(draft: ItemDraft, random: Random): Record<string, unknown> {
  const { subfamily, pack } = draft;
  const [min, max] = TEMPERATURES[subfamily.storage];
  const attributes: Record<string, unknown> = {
    conservation: subfamily.storage,
    température: { min, max, unité: '°C' },
    conditionnement: { unité: pack.unit.label, nombre: pack.count, taille: pack.sizeText },
  };
  if (subfamily.days) attributes[subfamily.storage === 'frais' ? 'dlcJours' : 'ddmJours'] = random.between(...subfamily.days);
  if (subfamily.allergens.length > 0) attributes['allergènes'] = [...subfamily.allergens];
  if (subfamily.nutriScores.length > 0) attributes['nutriScore'] = random.pick(subfamily.nutriScores);
  if (random.chance(15)) attributes['labels'] = [random.pick(LABELS)];
  return attributes;
}
