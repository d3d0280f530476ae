import { z } from 'zod';
import { isCanonicalDecimal, readDecimal, type DecimalReading } from './decimal';
import { UNSURE, withFastReader } from './fast-read';
import { microsOf, plainMicros } from './timestamp';
import { findUnsafe } from './unsafe-values';
import { formatPath } from './problem';

/** Text of `min` to `max` characters (code points, as PostgreSQL counts), kept byte for byte. */
export function text(max: number, min = 0) {
  const schema = z
    .string()
    .refine((value) => value.length >= min && (value.length <= max || codePoints(value) <= max), {
      error: (issue) =>
        typeof issue.input === 'string' && issue.input.length < min ? 'must not be empty' : `must be at most ${max} characters`,
    })
    .meta({ ...(min > 0 ? { minLength: min } : {}), maxLength: max });
  return withFastReader(schema, (value) => (typeof value === 'string' && value.length >= min && value.length <= max ? value : UNSURE));
}

/** Characters as PostgreSQL counts them: an emoji is one, though two UTF-16 units. */
function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** Text that must match `pattern`; `what` says it in words. */
export function pattern(expression: RegExp, what: string, meta: z.core.GlobalMeta = {}) {
  const schema = z
    .string()
    .regex(expression, { error: `must be ${what}` })
    .meta(meta);
  return withFastReader(schema, (value) => (typeof value === 'string' && expression.test(value) ? value : UNSURE));
}

/** Bounds of a decimal as whole numbers, inclusive; `positive` leaves out 0 itself. */
export interface DecimalBounds {
  min?: number;
  max?: number;
  positive?: true;
}

/** A decimal (see {@link readDecimal}); what comes out is its canonical string. */
export function decimal(bounds: DecimalBounds = {}) {
  const schema = z
    .unknown()
    .transform((input, context): string => {
      const reading = readBounded(input, bounds);
      if ('value' in reading) return reading.value;
      context.addIssue({ code: 'custom', message: input === undefined ? 'is required' : reading.problem });
      return z.NEVER;
    })
    .meta({
      anyOf: [{ type: 'string', pattern: '^-?\\d{1,20}(\\.\\d{1,10})?$' }, { type: 'number' }],
      examples: ['12.5'],
      description: `Decimal${inWords(bounds)}: a string, or a number of at most 15 significant digits.`,
    });
  return withFastReader(schema, (value) => {
    if (isCanonicalDecimal(value)) return outOfBounds(value, bounds) === undefined ? value : UNSURE;
    const reading = readBounded(value, bounds);
    return 'value' in reading ? reading.value : UNSURE;
  });
}

function inWords({ min, max, positive }: DecimalBounds): string {
  const least = positive === true ? ', more than 0' : min === undefined ? '' : `, at least ${min}`;
  return `${least}${max === undefined ? '' : `, at most ${max}`}`;
}

function readBounded(input: unknown, bounds: DecimalBounds): DecimalReading {
  const reading = readDecimal(input);
  if ('problem' in reading) return reading;
  const problem = outOfBounds(reading.value, bounds);
  return problem === undefined ? reading : { problem };
}

/** Compares with whole bounds on the text alone: never a float. */
function outOfBounds(value: string, { min, max, positive }: DecimalBounds): string | undefined {
  const negative = value.startsWith('-');
  if (positive === true && (negative || value === '0')) return 'must be more than 0';
  if (min === 0) {
    if (negative) return 'must be at least 0';
  } else if (min !== undefined && isBelow(value, min)) {
    return `must be at least ${min}`;
  }
  if (max !== undefined && isBelow(negated(value), -max)) return `must be at most ${max}`;
  return undefined;
}

function isBelow(value: string, bound: number): boolean {
  const whole = BigInt(value.split('.')[0] ?? '0');
  return whole < BigInt(bound) || (value.startsWith('-') && value.includes('.') && whole === BigInt(bound));
}

const negated = (value: string) => (value.startsWith('-') ? value.slice(1) : `-${value}`);

const LATEST = Date.UTC(9999, 11, 31) * 1000;
/** Room for far more digits of a second than any clock has. */
const LONGEST_TIME = 64;

/** A time with offset (ISO 8601), kept as sent. */
export function timestamp() {
  const schema = z.iso
    .datetime({ offset: true, abort: true, error: 'must be an ISO 8601 time with offset, such as 2026-01-31T08:30:00Z' })
    .max(LONGEST_TIME, { abort: true, error: `must be at most ${LONGEST_TIME} characters` })
    .refine(
      (value) => {
        const micros = microsOf(value);
        return micros !== undefined && micros <= LATEST && micros >= Date.UTC(1000, 0, 1) * 1000;
      },
      { error: 'must be between the years 1000 and 9999' },
    );
  return withFastReader(schema, (value) => (typeof value === 'string' && plainMicros(value) !== undefined ? value : UNSURE));
}

/** A calendar date, `2026-01-31`. PostgreSQL has no year 0. */
export const CalendarDate = z.iso
  .date({ error: 'must be a date such as 2026-01-31' })
  .refine((value) => !value.startsWith('0'), { error: 'must be between the years 1000 and 9999' });

/** A vendor's id; needs no prior registration for mappings or enrolment. */
export const VendorId = pattern(/^[A-Za-z0-9._-]{1,64}$/, '1 to 64 characters of A-Z a-z 0-9 . _ -', {
  examples: ['vendor-1'],
});

/** A content hash as the agent makes it: opaque to the hub. */
export const ContentHash = pattern(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 characters of A-Z a-z 0-9 _ -', {
  examples: ['75e0d458fc2da40b5b8b8b614d0192e9'],
});

/** What a correlation id may look like; anything else is replaced by a new one. */
export const CORRELATION_ID = /^[A-Za-z0-9._-]{1,128}$/;

export const Uuid = pattern(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'a UUID', { format: 'uuid' });

/** The three kinds of synchronised rows. */
export const ENTITY_LIST = ['items', 'stock', 'warehouses'] as const;
export const Entity = z.enum(ENTITY_LIST);
export type Entity = z.infer<typeof Entity>;

/** A free-form JSON object of at most `maxBytes` of JSON, kept as it is. */
export function freeObject(maxBytes: number) {
  const schema = z
    .unknown()
    .transform((input, context): Record<string, unknown> => {
      const fault = faultOfObject(input, maxBytes);
      if (fault === undefined) return input as Record<string, unknown>;
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    })
    .meta({ type: 'object', additionalProperties: true, description: `Free-form, at most ${maxBytes} bytes of JSON.` });
  return withFastReader(schema, (value) => (faultOfObject(value, maxBytes) === undefined ? value : UNSURE));
}

function faultOfObject(input: unknown, maxBytes: number): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'must be an object';
  const unsafe = findUnsafe(input);
  if (unsafe !== undefined) return unsafe.path.length === 0 ? unsafe.message : `${formatPath(unsafe.path)} ${unsafe.message}`;
  if (bytesAtMost(input) > maxBytes && Buffer.byteLength(JSON.stringify(input)) > maxBytes)
    return `must be at most ${maxBytes} bytes of JSON`;
  return undefined;
}

/** What a character takes at most in JSON: `\u0000`. */
const LONGEST_CHARACTER = 6;
const LONGEST_NUMBER = 25;

/** At least as many bytes as a JSON value has as text: mostly enough to know without making the text. Not for deep values. */
function bytesAtMost(value: unknown): number {
  if (typeof value === 'string') return 2 + LONGEST_CHARACTER * value.length;
  if (typeof value !== 'object' || value === null) return LONGEST_NUMBER;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const each of value) bytes += 1 + bytesAtMost(each);
  } else {
    for (const [name, each] of Object.entries(value)) bytes += 4 + LONGEST_CHARACTER * name.length + bytesAtMost(each);
  }
  return bytes;
}

/** The unit separator that joins warehouse id and SKU to the key of a stock row. */
export const KEY_SEPARATOR = '\u001f';

/** Query parameters of a paged list. */
export const PageQuery = { page: wholeQuery(1_000_000, 1), limit: wholeQuery(100, 50) };

/** A whole number from 1 to `max` in a query: digits alone, neither `1e3` nor `0x10`. */
export function wholeQuery(max: number, byDefault: number) {
  return z
    .unknown()
    .transform((input, context): number => {
      const value = typeof input === 'string' && /^\d{1,9}$/.test(input) ? Number(input) : input;
      if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
      context.addIssue({ code: 'custom', message: `must be a whole number from 1 to ${max}` });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum: 1, maximum: max })
    .default(byDefault);
}

/** A paged reply: newest first unless said, `total` stops counting at 10,000. */
export function paged<T extends z.ZodType>(row: T) {
  return z.strictObject({
    data: z.array(row),
    meta: z.strictObject({ page: z.int(), limit: z.int(), total: z.int(), totalPages: z.int() }),
  });
}

/** `true` or `false` in a query string. */
export const QueryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A time in a reply: ISO 8601, UTC. */
export const ReplyTime = z.string().meta({ format: 'date-time', examples: ['2026-01-31T08:30:00.000Z'] });
