const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MOST_DEPTH = 64;
// eslint-disable-next-line no-control-regex -- NUL is what is looked for
const UNSAFE_TEXT = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Where a value must not go on to the database, and why. */
export interface UnsafeValue {
  path: (string | number)[];
  message: string;
}

/**
 * Looks through a JSON value for what may never reach the database: `__proto__`, `constructor` and `prototype` keys,
 * NUL characters, lone surrogates, numbers that JSON cannot give back, and nesting deeper than 64.
 * Iterative, so that no nesting can exhaust the stack.
 */
export function findUnsafe(root: unknown): UnsafeValue | undefined {
  const open: { value: unknown; path: (string | number)[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') {
      if (UNSAFE_TEXT.test(value)) return { path, message: 'holds a NUL character or half of a surrogate pair' };
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return { path, message: 'is a number out of range' };
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= MOST_DEPTH) return { path: path.slice(0, 3), message: `is nested deeper than ${MOST_DEPTH}` };
      if (Array.isArray(value)) {
        for (let i = value.length - 1; i >= 0; i--) open.push({ value: value[i], path: [...path, i] });
      } else {
        for (const key of Object.keys(value)) {
          if (UNSAFE_KEYS.has(key)) return { path: [...path, key], message: 'unknown property' };
          if (UNSAFE_TEXT.test(key)) return { path, message: 'has a property name with a NUL character or half of a surrogate pair' };
          open.push({ value: (value as Record<string, unknown>)[key], path: [...path, key] });
        }
      }
    }
  }
  return undefined;
}

/**
 * Whether a JSON text can hold anything that {@link findUnsafe} looks for in keys or strings. NUL and lone surrogates
 * cannot stand in valid UTF-8 JSON unescaped, and an unsafe key needs its letters or an escape: most texts are cleared
 * by this one scan. (Numbers and nesting are looked at where free-form objects are accepted.)
 */
export function mayHoldUnsafe(jsonText: string): boolean {
  return (
    jsonText.includes('\\u') || jsonText.includes('__proto__') || jsonText.includes('"constructor"') || jsonText.includes('"prototype"')
  );
}
