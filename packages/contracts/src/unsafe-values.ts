const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MOST_DEPTH = 64;
// eslint-disable-next-line no-control-regex -- NUL is what is looked for
const UNSAFE_TEXT = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Where a value must not go on to the database, and why. */
export interface UnsafeValue {
  path: (string | number)[];
  message: string;
}

/** A list or object that is being walked through: the path to where the walk is are the places of all that are open. */
interface Open {
  readonly container: Readonly<Record<string | number, unknown>>;
  /** The property names of an object; undefined for a list. */
  readonly names: readonly string[] | undefined;
  readonly length: number;
  at: number;
}

/**
 * Looks through a JSON value for what may never reach the database: `__proto__`, `constructor` and `prototype` keys,
 * NUL characters, lone surrogates, numbers that JSON cannot give back, and nesting deeper than 64.
 * Iterative, and only what is open takes memory, so that neither depth nor width can exhaust it.
 */
export function findUnsafe(root: unknown): UnsafeValue | undefined {
  const fault = faultOf(root);
  if (fault !== undefined) return { path: [], message: fault };
  const open: Open[] = [];
  const path = () => open.map(({ names, at }) => names?.[at] ?? at);
  if (isContainer(root)) open.push(openUp(root));
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (++top.at >= top.length) {
      open.pop();
      continue;
    }
    const name = top.names?.[top.at];
    if (name !== undefined && UNSAFE_KEYS.has(name)) return { path: path(), message: 'unknown property' };
    if (name !== undefined && UNSAFE_TEXT.test(name)) {
      return { path: path().slice(0, -1), message: 'has a property name with a NUL character or half of a surrogate pair' };
    }
    const value = top.container[name ?? top.at];
    if (isContainer(value)) {
      if (open.length >= MOST_DEPTH) return { path: path().slice(0, 3), message: `is nested deeper than ${MOST_DEPTH}` };
      open.push(openUp(value));
    } else {
      const message = faultOf(value);
      if (message !== undefined) return { path: path(), message };
    }
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function openUp(container: object): Open {
  const names = Array.isArray(container) ? undefined : Object.keys(container);
  const length = names?.length ?? (container as unknown[]).length;
  return { container: container as Open['container'], names, length, at: -1 };
}

function faultOf(value: unknown): string | undefined {
  if (typeof value === 'string' && UNSAFE_TEXT.test(value)) return 'holds a NUL character or half of a surrogate pair';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is a number out of range';
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
