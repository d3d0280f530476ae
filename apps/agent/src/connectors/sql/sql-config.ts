import type { Entity } from '@repo/contracts/primitives';
import { z } from 'zod';
import { mappingShape } from '../mapping/row-mapping';
import { isZone } from '../mapping/zone-offset';
import { parametersOf } from './compile-statement';
import { isOrderParameter } from './orders/order-parameters';

const Column = z
  .string({ error: 'must be the name of a column of the query' })
  .min(1, { error: 'must be the name of a column of the query' });
const FirstKey = z.union([z.string(), z.number()], { error: 'must be a text or a number that comes before all keys' });

/** A statement whose parameters are known; `needs` are those without which it cannot do its work. */
function sql(known: (parameter: string) => boolean, words: string, needs: readonly string[] = []) {
  return z
    .string({ error: 'must be an SQL statement' })
    .min(1, { error: 'must be an SQL statement' })
    .superRefine((text, context) => {
      const parameters = parametersOf(text);
      for (const name of parameters) if (!known(name)) context.addIssue(`there is no :${name} here, but ${words}`);
      for (const name of needs) if (![...parameters].some((each) => each.split('.')[0] === name)) context.addIssue(`must use :${name}`);
    });
}

const isPaging = (name: string) => name === 'limit' || name === 'after' || name.startsWith('after.');

const Changes = z.strictObject({
  column: Column,
  as: z
    .enum(['time', 'unixSeconds', 'unixMilliseconds', 'counter'], { error: 'must be one of time, unixSeconds, unixMilliseconds, counter' })
    .default('time'),
  /** How far back is read again, in seconds (steps of a counter): rows that were changed earlier and committed later. */
  overlap: z.number({ error: 'must be a number of seconds' }).min(0).max(86_400).default(60),
  /** A value before all there are. */
  start: z.union([z.string(), z.number()]).transform(String).optional(),
  /** Of times that do not say their zone. */
  zone: z.string().refine(isZone, { error: 'must be "local", "UTC", an offset, or a name such as "Europe/Paris"' }).default('local'),
});

function entity(name: Entity) {
  return z
    .strictObject({
      /** Gives rows in the order of `changedAt` and `key`, or of `key` alone when there is no `changedAt`. */
      changed: sql((each) => isPaging(each) || each === 'since', ':since, :after and :limit', ['after', 'limit']),
      changedAt: Changes.optional(),
      /** Gives the keys of all rows in their order. */
      keys: sql(isPaging, ':after and :limit', ['after', 'limit']),
      /** Gives the rows of these keys. */
      rows: sql((each) => ['keys', 'skus', 'warehouseIds'].includes(each), ':keys, and for stock :warehouseIds and :skus'),
      /** The columns of `changed` and `keys` that rows are in the order of, and that tell them apart. */
      key: z.union([Column.transform((column) => [column]), z.array(Column).min(1).max(5)], {
        error: 'must be a column, or a list of them',
      }),
      /** What comes before all keys: an empty text, or for numbers one that is smaller than all. */
      firstKey: z.union([FirstKey.transform((first) => [first]), z.array(FirstKey)]).default(['']),
      ...mappingShape(name),
    })
    .superRefine(({ changed, changedAt, key, firstKey }, context) => {
      const uses = parametersOf(changed).has('since');
      if (uses && changedAt === undefined)
        context.addIssue({ code: 'custom', path: ['changedAt'], message: 'must say which column :since is compared with' });
      if (!uses && changedAt !== undefined)
        context.addIssue({ code: 'custom', path: ['changed'], message: 'must use :since, as there is a changedAt' });
      if (firstKey.length !== 1 && firstKey.length !== key.length) {
        context.addIssue({ code: 'custom', path: ['firstKey'], message: 'must be one value, or one for each column of key' });
      }
    });
}
export type SqlEntityConfig = z.infer<ReturnType<typeof entity>>;

const order = sql((name) => isOrderParameter(name, 'order'), 'the fields of an order such as :jobId, :orderNumber, :shippingAddress.city');
const orderLine = sql((name) => isOrderParameter(name, 'line'), 'the fields of an order and of a line such as :sku, :quantity');
const reference = sql((name) => isOrderParameter(name, 'reference'), ':jobId, :orderId, :orderNumber and :erpReference');
const statements = <T extends z.ZodType<string>>(statement: T) =>
  z.union([statement.transform((one) => [one]), z.array(statement).min(1)], { error: 'must be an SQL statement, or a list of them' });

/** How an order is written. All statements are of one transaction. */
const SqlOrders = z.strictObject({
  insert: statements(order),
  insertLine: statements(orderLine).default([]),
  /** Gives the order of a job: `reference`, and if it can be other than completed, `status` and `error`. */
  find: reference.refine((text) => parametersOf(text).has('jobId'), { error: 'must use :jobId, by which a repeated job is found' }),
  cancel: z
    .strictObject({
      statements: statements(reference),
      /** Gives what became of the cancellation: `status` and `error`; no row when the order is not there. */
      find: reference.optional(),
    })
    .optional(),
});
export type SqlOrders = z.infer<typeof SqlOrders>;

const SqlDatabase = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('postgresql'),
      url: z.url({ protocol: /^postgres(ql)?$/, error: 'must be an address such as postgresql://agent@erp-server/erp' }),
      /** A file with the password, instead of one in the address. */
      passwordFile: z.string().min(1).optional(),
    }),
    z.strictObject({ type: z.literal('sqlite'), file: z.string().min(1, { error: 'must be the database file' }) }),
  ],
  { error: 'type must be "postgresql" or "sqlite"' },
);

/** The configuration of a database. */
export const SqlConfig = z.strictObject({
  kind: z.literal('sql'),
  database: SqlDatabase,
  timeoutSeconds: z.number().min(1).max(600).default(30),
  lockTimeoutSeconds: z.number().min(0.1).max(600).default(5),
  pageRows: z.int().min(1).max(10_000).default(1000),
  entities: z
    .strictObject({ items: entity('items').optional(), stock: entity('stock').optional(), warehouses: entity('warehouses').optional() })
    .refine((entities) => Object.values(entities).some((each) => each !== undefined), {
      error: 'must hold at least one of items, stock, warehouses',
    }),
  orders: SqlOrders.optional(),
});
export type SqlConfig = z.infer<typeof SqlConfig>;
