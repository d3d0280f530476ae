import type { CatalogueMapping, FieldRule, Source } from '@repo/sample-data/csv/mapping-file';

const ENTITIES = ['warehouses', 'items', 'stock'] as const;
/** The agent makes these two itself. */
const MADE_BY_AGENT = new Set(['contentHash', 'lastSyncedAt']);

/**
 * The `source` of an agent's configuration that reads what a mapping describes. Where that has several sources for an entity, the
 * agent reads the first: its files are many, and its columns one set.
 */
export function sourceOfMapping(mapping: CatalogueMapping, folder: string, ordersFolder: string): Record<string, unknown> {
  const entities = ENTITIES.flatMap((entity) => {
    const [first] = mapping[entity] ?? [];
    return first === undefined ? [] : [[entity, entitySource(first, mapping)] as const];
  });
  return {
    kind: 'csv',
    folder,
    settleSeconds: 0,
    entities: Object.fromEntries(entities),
    orders: { folder: ordersFolder, file: { format: 'csv' } },
  };
}

function entitySource(source: Source, mapping: CatalogueMapping): Record<string, unknown> {
  if ('rows' in source) return { rows: source.rows.map(withoutMade) };
  const delimiter = source.delimiter ?? mapping.delimiter ?? ',';
  const encoding = source.encoding ?? mapping.encoding ?? 'utf-8';
  const fields = Object.entries(withoutMade(source.fields)).map(([field, rule]) => [field, agentRule(rule)]);
  return { files: source.file, delimiter, encoding, fields: Object.fromEntries(fields) as Record<string, unknown> };
}

function withoutMade<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !MADE_BY_AGENT.has(field)));
}

/** One rule in the agent's words. */
export function agentRule(rule: FieldRule): unknown {
  if (typeof rule === 'string' || 'constant' in rule) return rule;
  if ('concat' in rule) return { template: rule.concat.map(inTemplate).join('') };
  if ('object' in rule) return { object: Object.fromEntries(Object.entries(rule.object).map(([name, part]) => [name, agentRule(part)])) };
  const { column, prefix, as, ...same } = rule;
  if (prefix !== undefined) return { template: `${prefix}{${column}}` };
  if (as === 'unixTime') return { column, ...same, time: { format: 'unix' } };
  if (as === 'decimalComma') return { column, ...same, number: { decimal: 'comma' } };
  return { column, ...same };
}

function inTemplate(part: FieldRule): string {
  if (typeof part === 'string') return `{${part}}`;
  if ('constant' in part) return String(part.constant ?? '');
  if ('column' in part) return `${part.prefix ?? ''}{${part.column}}`;
  return '';
}
