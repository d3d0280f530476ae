import * as fc from 'fast-check';
import { nasty } from './schema-values';

type Container = Record<string, unknown> | unknown[];
interface Place {
  holder: Container;
  key: string;
}

/** One change of a body; `at` picks the place among all there are. */
interface Mutation {
  kind: (typeof KINDS)[number];
  at: number;
  value: unknown;
  name: string;
}

const KINDS = ['drop', 'rename', 'replace', 'wrap', 'swap type', 'add', 'copy', 'many', 'case'] as const;
const NAMES = ['vendorId', 'id', 'sku', 'deletedAt', 'items', 'x', '', '__proto__', 'constructor', 'toString', '0', 'length'];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.nat(1_000),
  value: nasty,
  name: fc.constantFrom(...NAMES),
});

/** A body that works, with one to three changes. */
export function mutated(example: unknown): fc.Arbitrary<unknown> {
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => {
    const root: Record<string, unknown> = { body: structuredClone(example) };
    for (const each of mutations) mutate(root, each);
    return root['body'];
  });
}

function mutate(root: Record<string, unknown>, { kind, at, name, ...rest }: Mutation): void {
  const places = placesIn(root);
  const place = places[at % places.length];
  if (place === undefined) return;
  const { holder, key } = place;
  // A copy: what the next mutation changes must not change in other bodies.
  const value = JSON.parse(JSON.stringify(rest.value)) as unknown;
  const old = read(holder, key);
  switch (kind) {
    case 'drop':
      return Array.isArray(holder) ? void holder.splice(Number(key), 1) : void Reflect.deleteProperty(holder, key);
    case 'rename':
      if (Array.isArray(holder)) return;
      Reflect.deleteProperty(holder, key);
      return write(holder, name, old);
    case 'replace':
      return write(holder, key, value);
    case 'wrap':
      return write(holder, key, at % 2 === 0 ? [old] : { [name]: old });
    case 'swap type':
      return write(
        holder,
        key,
        typeof old === 'string' ? Number(old) || old.length : typeof old === 'number' ? String(old) : JSON.stringify(old),
      );
    case 'add':
      return isContainer(old) && !Array.isArray(old) ? write(old, name, value) : write(holder, name, value);
    case 'copy':
      return write(holder, key, [old, old, old]);
    case 'many':
      return write(
        holder,
        key,
        Array.from({ length: 520 }, () => (Array.isArray(old) ? (old[0] as unknown) : old)),
      );
    case 'case':
      return write(holder, key.toUpperCase(), old);
  }
}

/** Everything below the root that can be changed. */
function placesIn(container: Container): Place[] {
  return Object.keys(container)
    .slice(0, 50)
    .flatMap((key) => {
      const value = read(container, key);
      return [{ holder: container, key }, ...(isContainer(value) ? placesIn(value) : [])];
    });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function read(container: Container, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}

/** Also `__proto__` as a property of its own, which assignment would not make. */
function write(container: Container, key: string, value: unknown): void {
  if (Array.isArray(container))
    container[Number.isInteger(Number(key)) && key !== '' ? Math.min(Number(key), container.length) : 0] = value;
  else Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}
