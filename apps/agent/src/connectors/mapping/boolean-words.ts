import { z } from 'zod';
import { shown, Unreadable } from './reading';

const words = (usual: string[]) =>
  z.array(z.union([z.string(), z.number()]).transform(String), { error: 'must be a list of words' }).default(usual);

/** The words for yes and no; upper and lower case are one. */
export const BooleanWords = z
  .strictObject(
    {
      true: words(['true', 't', '1', '-1', 'yes', 'y', 'oui', 'o', 'vrai', 'ja', 'j', 'wahr', 'si', 'sí']),
      false: words(['false', 'f', '0', 'no', 'n', 'non', 'faux', 'nein', 'falsch']),
    },
    { error: 'must be an object such as { "true": ["A"], "false": ["S"] }' },
  )
  .refine((both) => !both.true.some((word) => both.false.includes(word)), { error: 'a word means either true or false, not both' });
export type BooleanWords = z.infer<typeof BooleanWords>;

/** Reads one of the words, or a real boolean. */
export type BooleanReader = (value: unknown) => boolean | Unreadable;

/** A reader of yes and no in these words. */
export function booleanReader(both: BooleanWords): BooleanReader {
  const fold = (word: string) => word.trim().toLowerCase();
  const meaning = new Map([
    ...both.true.map((word) => [fold(word), true] as const),
    ...both.false.map((word) => [fold(word), false] as const),
  ]);
  const known = `${both.true.join(', ')} for true; ${both.false.join(', ')} for false`;
  return (value) => {
    if (typeof value === 'boolean') return value;
    return meaning.get(fold(String(value))) ?? new Unreadable(`${shown(value)} is no yes or no (${known}): add the word to boolean`);
  };
}
