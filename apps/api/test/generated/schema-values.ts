import * as fc from 'fast-check';
import { DELIVERY_IDS } from './seed-deliveries';

/** A JSON Schema as the document holds it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}
export type Components = Record<string, Schema>;

/** Vendors of the test; agents call as the first, administration may do what it likes to the others. */
export const VENDORS = ['generated', 'generated-1', 'generated-2', 'nobody'] as const;

const DEEP = 80;
const nested = (wrap: (inner: unknown) => unknown) => {
  let value: unknown = 1;
  for (let level = 0; level < DEEP; level++) value = wrap(value);
  return value;
};

/** Values that some part of a program somewhere does not expect. */
export const NASTY_TEXTS = [
  '',
  ' ',
  'a'.repeat(300),
  'é'.repeat(20_000),
  '\0',
  'a\0b',
  '\ud800',
  '\udc00\ud800',
  '\ufeff',
  '\u202e',
  '🧀'.repeat(60),
  'e\u0301',
  "'; drop table items; --",
  '\\',
  '"',
  '{}',
  '[]',
  'null',
  'NaN',
  'Infinity',
  '0x10',
  '1e400',
  '-0',
  '١٢٣',
  '9'.repeat(60),
  `0.${'0'.repeat(40)}1`,
  '$1',
  '%00',
  '../../etc',
  '__proto__',
  'constructor',
  '2026-02-30T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-00-00T00:00:00Z',
  '2026-01-01T00:00:00+23:59',
  'http://127.0.0.1:1/',
  '\n',
  '\u001f',
];
export const NASTY_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.1,
  1e21,
  1e-7,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  123456789012345680,
  101,
  1001,
];
export const nasty: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], [{}], { a: null }),
  fc.constantFrom(...NASTY_NUMBERS),
  fc.constantFrom(...NASTY_TEXTS),
  fc.constantFrom(
    nested((inner) => [inner]),
    nested((inner) => ({ a: inner })),
  ),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"constructor":{"prototype":{}}}'), {
    toString: 1,
    length: -1,
  }),
  fc.jsonValue({ maxDepth: 3 }),
);

const time = fc.oneof(
  fc
    .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('2026-01-31T08:30:00Z', '2026-01-31T08:30:00.123456789+02:00', '2090-01-01T00:00:00Z'),
);

const mostly = (first: string, ...others: string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Of an order, a job or a dead letter that is there, for the most part. */
const knownId = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...DELIVERY_IDS) }, { weight: 1, arbitrary: fc.uuid() });

/** Properties whose values have to mean something to the hub, or hardly a row would ever be written. */
const KNOWN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  vendorId: mostly(...VENDORS),
  erpUnitCode: mostly('PCE', 'BX', 'unmapped', 'é'),
  erpVatCode: mostly('T1', 'T2'),
  id: knownId,
  jobId: knownId,
};

/** Values of a schema: nearly always valid, and with nasty ones in between when `wild`. */
export function valuesOf(schema: Schema, components: Components, wild: boolean, name = ''): fc.Arbitrary<unknown> {
  const valid = validValues(schema, components, wild, name);
  return wild ? fc.oneof({ weight: 12, arbitrary: valid }, { weight: 1, arbitrary: nasty }) : valid;
}

function validValues(schema: Schema, components: Components, wild: boolean, name: string): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return valuesOf(components[schema.$ref.replace('#/components/schemas/', '')] as Schema, components, wild, name);
  }
  const known = KNOWN[name];
  if (known !== undefined) return known;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => valuesOf(each, components, wild, name)));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type }, components, wild, name)));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 100_000, 2 ** 31 - 1) });
    case 'number':
      return fc
        .double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true })
        .map((value) => Math.round(value * 100) / 100);
    case 'string':
      return textOf(schema);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, components, wild), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'object':
      return objectOf(schema, components, wild);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function textOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return time;
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  // Few different ones, so that keys and codes meet again.
  const few = fc
    .constantFrom('A-1', 'A-2', 'W1', 'BX', 'T1', 'é', 'x')
    .filter((text) => text.length >= minLength && text.length <= maxLength);
  return fc.oneof(few, fc.string({ minLength, maxLength: Math.min(maxLength, 60), unit: 'grapheme' }));
}

function objectOf(
  { properties = {}, required = [] }: Schema,
  components: Components,
  wild: boolean,
): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, components, wild, name)]));
  if (Object.keys(model).length === 0) return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  return fc.record(model, { requiredKeys: required.filter((name) => name in model) });
}
