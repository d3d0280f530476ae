import { booleanReader, BooleanWords } from './boolean-words';
import type { FieldKind } from './entity-fields';
import type { CellOptions } from './field-rule';
import { NumberFormat, numberReader } from './number-format';
import { shown, Unreadable } from './reading';
import { TimeFormat, timeReader } from './time-format';

/** Reads a value that is not empty as what a field needs. */
export type ValueReader = (value: unknown) => unknown;

/** A reader of one kind of value, in the formats of the options. */
export function compileValue(kind: FieldKind | 'any', options: CellOptions): ValueReader {
  switch (kind) {
    case 'decimal':
      return numberReader(options.number ?? NumberFormat.parse({}));
    case 'time':
      return timeReader(options.time ?? TimeFormat.parse({}));
    case 'boolean':
      return booleanReader(options.boolean ?? BooleanWords.parse({}));
    case 'object':
      return readObject;
    case 'text':
      return (value) => readText(value, options.trim === true);
    case 'any':
      return (value) => (typeof value === 'number' || typeof value === 'boolean' ? value : readText(value, options.trim === true));
  }
}

function readText(value: unknown, trim: boolean): string | Unreadable {
  if (typeof value === 'string') return trim ? value.trim() : value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return new Unreadable('is neither text nor a number');
}

/** A free-form object: as such, or as JSON. */
function readObject(value: unknown): unknown {
  if (typeof value !== 'string') return new Unreadable('is no JSON object');
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new Unreadable(`${shown(value)} is no JSON object`);
}
