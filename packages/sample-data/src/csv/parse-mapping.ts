import { ENTITY_FIELDS } from './entity-fields';
import type { CatalogueMapping, Entity, FieldRule, Source } from './mapping-file';

const ENTITIES: Entity[] = ['mappings', 'warehouses', 'items', 'stock'];
const RULE_KEYS = ['column', 'prefix', 'default', 'lookup', 'as'];

/** Reads one mapping or an array of them out of parsed JSON. Throws with the path of what is wrong. */
export function parseMappings(json: unknown): CatalogueMapping[] {
  const mappings = (Array.isArray(json) ? json : [json]).map((mapping, place) =>
    parseMapping(mapping, Array.isArray(json) ? `[${place}]` : 'mapping'),
  );
  if (mappings.length === 0) throw new Error('the mapping is empty');
  return mappings;
}

function parseMapping(json: unknown, path: string): CatalogueMapping {
  const mapping = objectAt(json, path, ['vendor', 'delimiter', 'encoding', ...ENTITIES]);
  const parsed: CatalogueMapping = { vendor: vendorAt(mapping['vendor'], `${path}.vendor`) };
  if (mapping['delimiter'] !== undefined) parsed.delimiter = textAt(mapping['delimiter'], `${path}.delimiter`);
  if (mapping['encoding'] !== undefined) parsed.encoding = encodingAt(mapping['encoding'], `${path}.encoding`);
  for (const entity of ENTITIES) {
    const sources = mapping[entity];
    if (sources === undefined) continue;
    parsed[entity] = (Array.isArray(sources) ? sources : [sources]).map((source, place) =>
      parseSource(source, entity, `${path}.${entity}[${place}]`),
    );
  }
  return parsed;
}

function parseSource(json: unknown, entity: Entity, path: string): Source {
  const source = objectAt(json, path, ['rows', 'file', 'delimiter', 'encoding', 'fields']);
  if (Array.isArray(source['rows'])) {
    const rows = source['rows'].map((row, place) => objectAt(row, `${path}.rows[${place}]`, Object.keys(ENTITY_FIELDS[entity])));
    rows.forEach((row, place) => checkRequired(row, entity, `${path}.rows[${place}]`));
    return { rows };
  }
  const fields = objectAt(source['fields'], `${path}.fields`, Object.keys(ENTITY_FIELDS[entity]));
  checkRequired(fields, entity, `${path}.fields`);
  return {
    file: textAt(source['file'], `${path}.file`),
    fields: rulesAt(fields, `${path}.fields`),
    ...(source['delimiter'] === undefined ? {} : { delimiter: textAt(source['delimiter'], `${path}.delimiter`) }),
    ...(source['encoding'] === undefined ? {} : { encoding: encodingAt(source['encoding'], `${path}.encoding`) }),
  };
}

function checkRequired(fields: Record<string, unknown>, entity: Entity, path: string): void {
  for (const [field, need] of Object.entries(ENTITY_FIELDS[entity])) {
    if (need === 'required' && !Object.hasOwn(fields, field)) throw new Error(`${path} lacks "${field}", which every row needs`);
  }
}

const rulesAt = (rules: Record<string, unknown>, path: string): Record<string, FieldRule> =>
  Object.fromEntries(Object.entries(rules).map(([field, rule]) => [field, ruleAt(rule, `${path}.${field}`)]));

function ruleAt(json: unknown, path: string): FieldRule {
  if (typeof json === 'string') return json;
  const rule = objectAt(json, path, [...RULE_KEYS, 'constant', 'concat', 'object']);
  if ('constant' in rule) return onlyKeys(rule, ['constant'], path) as { constant: string };
  if ('object' in rule) return { object: rulesAt(objectAt(onlyKeys(rule, ['object'], path)['object'], path), path) };
  if ('concat' in rule) {
    const parts = onlyKeys(rule, ['concat'], path)['concat'];
    if (!Array.isArray(parts)) throw new Error(`${path}.concat must be an array`);
    return { concat: parts.map((part, place) => ruleAt(part, `${path}.concat[${place}]`)) };
  }
  textAt(rule['column'], `${path}.column`);
  if (rule['as'] !== undefined && rule['as'] !== 'unixTime' && rule['as'] !== 'decimalComma')
    throw new Error(`${path}.as must be unixTime or decimalComma`);
  if (rule['lookup'] !== undefined) {
    objectAt(rule['lookup'], `${path}.lookup`);
    if ('prefix' in rule || 'as' in rule) throw new Error(`${path} has a lookup, which goes with neither prefix nor as`);
  }
  return rule as unknown as FieldRule;
}

const onlyKeys = (rule: Record<string, unknown>, keys: string[], path: string): Record<string, unknown> => objectAt(rule, path, keys);

function objectAt(json: unknown, path: string, allowed?: string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error(`${path} must be an object`);
  const unknown = allowed && Object.keys(json).find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw new Error(`${path} has an unknown property "${unknown}"`);
  return json as Record<string, unknown>;
}

function textAt(json: unknown, path: string): string {
  if (typeof json !== 'string' || json === '') throw new Error(`${path} must be a text that is not empty`);
  return json;
}

function vendorAt(json: unknown, path: string): string {
  if (typeof json !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(json)) throw new Error(`${path} must be 1 to 64 of A-Z a-z 0-9 . _ -`);
  return json;
}

function encodingAt(json: unknown, path: string): string {
  const encoding = textAt(json, path);
  try {
    return new TextDecoder(encoding).encoding;
  } catch (cause) {
    throw new Error(`${path} is no encoding that Node knows: "${encoding}"`, { cause });
  }
}
