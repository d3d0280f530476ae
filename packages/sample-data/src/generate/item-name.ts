import type { Pack } from '../lexicon/pack';
import type { ItemDraft } from './draft-item';
import type { Random } from './random';

/** The longest name the hub takes, in UTF-16 units; long names here hold nothing outside the BMP, so PostgreSQL counts the same. */
export const LONGEST_NAME = 255;

const LONG_EVERY = 397;
const FOREIGN_EVERY = 149;
const DECOMPOSED_EVERY = 173;

// By family; what other families add fits all of them.
const FOREIGN: Record<string, readonly string[]> = {
  CREM: ['🧀', '무가당 요거트', '🥛🐄'],
  BOUC: ['🥩', '和牛', '🐓 plein air'],
  MARE: ['🐟', '刺身', '🦐🦐 XXL', '雲丹'],
  FLEG: ['🍓', '大根', '🌶️ fort'],
  EPSA: ['拉麺', '醤油', 'ต้มยำ', '김치'],
  EPSU: ['🍫', '抹茶', '🍯'],
  BOIS: ['緑茶', '🍷', '🍹 cocktail', '珍珠奶茶'],
  SURG: ['❄️', '餃子', '小籠包'],
};

const FOREIGN_ANYWHERE = ['🎉 promo', '🇫🇷', '👨‍👩‍👧‍👦 format familial', '新发售'];

const TIMES = ['×', ' × ', 'x', ' x '];

/** The name as this wholesaler's clerks type it: several hands, several habits. */
export function itemName(draft: ItemDraft, random: Random): string {
  const { index } = draft;
  if (index % FOREIGN_EVERY === FOREIGN_EVERY - 1) return foreignName(draft, random);
  const name = usualName(draft, random);
  if (index % LONG_EVERY === LONG_EVERY - 1) return longName(name, draft, random);
  // Typed on a Mac: the same letters as others, other code points. Names are kept byte for byte.
  return index % DECOMPOSED_EVERY === DECOMPOSED_EVERY - 1 ? name.normalize('NFD') : name;
}

function usualName(draft: ItemDraft, random: Random): string {
  const what = draft.detail === '' ? draft.product : `${draft.product} ${draft.detail}`;
  const pack = packText(draft.pack, random);
  const habit = random.below(100);
  if (habit < 58) return `${what} ${pack} ${draft.brand}`;
  if (habit < 76) return `${draft.brand} – ${what}, ${pack}`;
  if (habit < 88) return withoutAccents(`${draft.product} ${pack} ${draft.brand}`).toUpperCase();
  return `${what} (${pack})`;
}

/** "6×90 g", "12 × 1 L", "barquette 500 g", "au kg". */
export function packText(pack: Pack, random: Random): string {
  if (pack.count > 1) return `${pack.count}${random.pick(TIMES)}${pack.sizeText}`;
  return pack.unit.erpCode === 'KG' ? pack.unit.word : `${pack.unit.word} ${pack.sizeText}`;
}

function foreignName(draft: ItemDraft, random: Random): string {
  const added = random.pick(FOREIGN[draft.subfamily.family.code] ?? FOREIGN_ANYWHERE);
  return `${draft.product} ${added} ${packText(draft.pack, random)} ${draft.brand}`;
}

// Some ERPs let people write the whole product sheet into the name, up to the last character of the column.
function longName(name: string, draft: ItemDraft, random: Random): string {
  const { products, details } = draft.subfamily;
  let long = `${name} – ${draft.subfamily.label}`;
  while (long.length < LONGEST_NAME) long += `, voir aussi ${random.pick(products)} ${random.pick(details)}`.trimEnd();
  return long.slice(0, LONGEST_NAME - 1) + '…';
}

/** Plain letters for accented ones, as old terminals print them. */
export const withoutAccents = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/œ/g, 'oe').replace(/Œ/g, 'OE').replace(/[’‘]/g, ' ');
