import { z } from 'zod';
import { BooleanWords } from './boolean-words';
import { NumberFormat } from './number-format';
import { TimeFormat } from './time-format';

export type Scalar = string | number | boolean | null;
const Scalar: z.ZodType<Scalar> = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'must be a text, a number, true, false or null',
});

/** A column by its name, or by its place from 1. */
export const ColumnName = z.union([z.string().min(1), z.int().min(1)], { error: 'must be the name of a column, or its number from 1' });
export type ColumnName = z.infer<typeof ColumnName>;

/** How cells are read where a rule says nothing else. Without `trim`, text is kept as it is. */
export const CELL_OPTIONS = {
  trim: z.boolean({ error: 'must be true or false' }).optional(),
  /** What stands for nothing, besides a cell that is blank: `NULL`, `0000-00-00`. */
  empty: z.array(z.string(), { error: 'must be a list of texts' }).optional(),
  number: NumberFormat.optional(),
  time: TimeFormat.optional(),
  boolean: BooleanWords.optional(),
} as const;
export type CellOptions = z.infer<z.ZodObject<typeof CELL_OPTIONS>>;

const ColumnRule = z.strictObject({
  /** Of a list, the first that the source has. */
  column: z.union([ColumnName, z.array(ColumnName).min(1)], {
    error: 'must be the name of a column, its number from 1, or a list of those to look for',
  }),
  ...CELL_OPTIONS,
  /** What an empty cell, and a code that `lookup` does not have, stand for. */
  default: Scalar.optional(),
  /** What codes mean. A code that is not in it is kept, unless there is a `default`. */
  lookup: z.record(z.string(), Scalar, { error: 'must be an object of codes and what they mean' }).optional(),
});
const ConstantRule = z.strictObject({ constant: Scalar });
const TemplateRule = z.strictObject({
  template: z
    .string({ error: 'must be a text such as "{LIB1} {LIB2}"' })
    .regex(/\{[^{}]+\}/, { error: 'must hold a column: "{LIB1} {LIB2}"' }),
  trim: CELL_OPTIONS.trim,
});
const ObjectRule = z.strictObject({
  object: z.record(
    z.string(),
    z.lazy(() => FieldRule),
    { error: 'must be an object of names and columns' },
  ),
});

export type ColumnRule = z.infer<typeof ColumnRule>;
export type FieldRule =
  | ColumnName
  | ColumnRule
  | z.infer<typeof ConstantRule>
  | z.infer<typeof TemplateRule>
  | { object: Record<string, FieldRule> };

const KINDS: Readonly<Record<string, z.ZodType>> = {
  column: ColumnRule,
  constant: ConstantRule,
  template: TemplateRule,
  object: ObjectRule,
};

/** How to come by the value of one field. Judged by its one telling property, so that a message speaks of what was meant. */
export const FieldRule: z.ZodType<FieldRule> = z.unknown().transform((input, context): FieldRule => {
  const schema = schemaFor(input);
  if (schema === undefined) {
    context.addIssue({
      code: 'custom',
      message:
        'must be a column (its name, its number from 1, or a list of those to look for), or { "column": … }, { "constant": … }, { "template": … } or { "object": … }',
    });
    return z.NEVER;
  }
  const { data, error } = schema.safeParse(input);
  for (const issue of error?.issues ?? []) context.addIssue({ ...issue });
  return error === undefined ? (data as FieldRule) : z.NEVER;
});

function schemaFor(input: unknown): z.ZodType | undefined {
  if (typeof input === 'string' || typeof input === 'number') return ColumnName;
  if (Array.isArray(input)) return z.array(ColumnName).min(1, { error: 'must name a column' });
  if (typeof input !== 'object' || input === null) return undefined;
  const kind = Object.keys(KINDS).find((name) => name in input);
  return kind === undefined ? undefined : KINDS[kind];
}
