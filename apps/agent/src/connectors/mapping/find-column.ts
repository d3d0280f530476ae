import type { ColumnName, FieldRule } from './field-rule';

const MOST_LISTED = 20;
const COLUMN_IN_TEMPLATE = /\{([^{}]+)\}/g;

/** The columns that a rule reads: each a list of names of which one must be there. */
export function columnsOf(rule: FieldRule): ColumnName[][] {
  if (typeof rule !== 'object') return [[rule]];
  if (Array.isArray(rule)) return [rule];
  if ('constant' in rule) return [];
  if ('template' in rule) return templateColumns(rule.template).map((name) => [name]);
  if ('object' in rule) return Object.values(rule.object).flatMap(columnsOf);
  return [Array.isArray(rule.column) ? rule.column : [rule.column]];
}

/** The names in braces. */
export function templateColumns(template: string): string[] {
  return [...template.matchAll(COLUMN_IN_TEMPLATE)].map(([, name = '']) => name);
}

const fold = (name: string) => name.trim().toLowerCase();

/**
 * The place of the first of these columns that is there: by its exact name, else by the only one that differs just in case or in
 * blanks around it. Undefined when none is; a problem when it cannot be told which is meant.
 */
export function findColumn(columns: readonly string[], names: readonly ColumnName[]): number | { problem: string } | undefined {
  for (const name of names) {
    if (typeof name === 'number') {
      if (name <= columns.length) return name - 1;
      continue;
    }
    for (const same of [(column: string) => column === name, (column: string) => fold(column) === fold(name)]) {
      const places = columns.flatMap((column, place) => (same(column) ? [place] : []));
      if (places.length > 1) {
        const numbers = places.map((place) => place + 1).join(' and ');
        return { problem: `column ${name} is there more than once (${numbers}): name it by its number` };
      }
      if (places[0] !== undefined) return places[0];
    }
  }
  return undefined;
}

/** What to say when a column is not there: with what looks like it, or with what there is. */
export function missingColumn(names: readonly ColumnName[], columns: readonly string[]): string {
  const wanted = names.map((name) => `\`${name}\``).join(' or ');
  const similar = columns.filter((column) => names.some((name) => typeof name === 'string' && alike(name, column)));
  const listed = (similar.length > 0 ? similar : columns).slice(0, MOST_LISTED).map((column) => `\`${column}\``);
  const there =
    listed.length === 0
      ? 'there are no columns'
      : `there is ${listed.join(', ')}${columns.length > MOST_LISTED && similar.length === 0 ? ', …' : ''}`;
  return `column ${wanted} not found: ${there}`;
}

/** Letters and digits only, without accents. */
const bare = (name: string) =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

function alike(wanted: string, column: string): boolean {
  const [a, b] = [bare(wanted), bare(column)];
  if (a === '' || b === '') return false;
  return a.includes(b) || b.includes(a) || (Math.min(a.length, b.length) > 3 && distance(a, b) <= 2);
}

/** How many letters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(changed, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
