import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { amount, int64, keyText, time } from './columns';

/** What a vendor's ERP code means on the marketplace. */
export const erpCodeMappings = pgTable(
  'erp_code_mappings',
  {
    vendorId: keyText('vendor_id').notNull(),
    id: uuid('id')
      .notNull()
      .default(sql`uuidv7()`),
    mappingType: text('mapping_type').$type<'unit' | 'vat' | 'family' | 'subfamily'>().notNull(),
    erpCode: keyText('erp_code').notNull(),
    restoCode: text('resto_code').notNull(),
    restoLabel: text('resto_label').notNull(),
    vatRate: amount('vat_rate'),
    isActive: boolean('is_active').notNull().default(true),
    /** The vendor's mapping version that this row was last changed in. */
    changedIn: int64('changed_in').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId, table.id] }),
    unique('erp_code_mappings_code').on(table.vendorId, table.mappingType, table.erpCode),
    check('erp_code_mappings_type', sql`${table.mappingType} in ('unit', 'vat', 'family', 'subfamily')`),
    check('erp_code_mappings_vat_rate', sql`${table.mappingType} <> 'vat' or ${table.vatRate} is not null`),
    // update-mapping and delete-mapping find a mapping by its bare id
    index('erp_code_mappings_id').on(table.id),
  ],
);

/** One row a vendor: moves with every change of its mappings, so that no batch writes with a mapping that has changed. */
export const mappingVersions = pgTable(
  'mapping_versions',
  {
    vendorId: keyText('vendor_id').notNull(),
    version: int64('version').notNull(),
    /** Up to which version the mappings are applied to the stored rows. */
    appliedVersion: int64('applied_version').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.vendorId] }),
    check('mapping_versions_order', sql`${table.appliedVersion} <= ${table.version}`),
    // apply-mappings finds the vendors with work to do
    index('mapping_versions_pending')
      .on(table.vendorId)
      .where(sql`applied_version < version`),
  ],
);
