import { z } from 'zod';
import { ReplyTime } from '../primitives';

/** A field as it is read back: what may be left out comes as null, decimals as strings, times in UTC. */
export type StoredField<T extends z.ZodType> = z.ZodType<
  undefined extends z.output<T> ? Exclude<z.output<T>, undefined> | null : z.output<T>
>;

/** The reply schemas of a row's fields, made from the schemas that take them in. */
export function storedFields<S extends z.ZodRawShape>(shape: S): { [K in keyof S]: StoredField<S[K] & z.ZodType> } {
  const fields = Object.entries(shape).map(([name, type]) => [name, storedField(type as z.ZodType)] as const);
  return Object.fromEntries(fields) as unknown as { [K in keyof S]: StoredField<S[K] & z.ZodType> };
}

function storedField(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodOptional) return storedField(type.unwrap() as z.ZodType);
  if (type instanceof z.ZodNullable) return storedField(type.unwrap() as z.ZodType).nullable();
  if (type instanceof z.ZodBoolean || type instanceof z.ZodEnum) return type;
  if (type instanceof z.ZodISODateTime) return ReplyTime;
  if (type instanceof z.ZodString) return z.string();
  if (type.meta()?.['type'] === 'object') return z.record(z.string(), z.unknown());
  return z.string().meta({ description: 'Decimal, without trailing zeros.', examples: ['12.5'] });
}
