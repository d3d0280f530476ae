import { bigint, customType, numeric, timestamp } from 'drizzle-orm/pg-core';

/** Text that sorts by its bytes whatever the cluster's locale: keys are locked and paged in this order. */
export const keyText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** A time with zone, as a `Date` (UTC). */
export const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Money, quantities and rates: 20 digits before and 10 after the point, as a string. */
export const amount = (name: string) => numeric(name, { precision: 30, scale: 10 });

/** A 64-bit number as `bigint`: never through a float. */
export const int64 = (name: string) => bigint(name, { mode: 'bigint' });
