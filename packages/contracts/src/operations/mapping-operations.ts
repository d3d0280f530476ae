import { z } from 'zod';
import { decimal, PageQuery, paged, QueryFlag, ReplyTime, text, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

export const MappingType = z.enum(['unit', 'vat', 'family', 'subfamily']);
export type MappingType = z.infer<typeof MappingType>;

/** The most entries of one seed. */
export const MOST_SEEDED = 5_000;

const VatRate = decimal({ min: 0, max: 100 }).nullish();
const vatNeedsRate = {
  check: (entry: { mappingType?: MappingType | undefined; vatRate?: string | null | undefined }) =>
    entry.mappingType !== 'vat' || (entry.vatRate !== undefined && entry.vatRate !== null),
  params: { path: ['vatRate'], error: 'is required for a VAT mapping' },
};

const entryFields = {
  mappingType: MappingType,
  erpCode: text(50, 1),
  restoCode: text(50, 1),
  restoLabel: text(255, 1),
  vatRate: VatRate,
};

/** One ERP code and what it means on the marketplace. `vatRate` is in percent. */
export const MappingEntry = z.strictObject(entryFields).refine(vatNeedsRate.check, vatNeedsRate.params).meta({ id: 'MappingEntry' });
export type MappingEntry = z.infer<typeof MappingEntry>;

export const Mapping = z
  .strictObject({
    id: Uuid,
    vendorId: VendorId,
    mappingType: MappingType,
    erpCode: z.string(),
    restoCode: z.string(),
    restoLabel: z.string(),
    vatRate: z.string().nullable(),
    isActive: z.boolean(),
    createdAt: ReplyTime,
    updatedAt: ReplyTime,
  })
  .meta({ id: 'Mapping' });
export type Mapping = z.infer<typeof Mapping>;

const shared = { tag: 'Mappings', access: 'admin', limit: 'admin' } as const;
const unit = { mappingType: 'unit', erpCode: 'BX', restoCode: 'BOX', restoLabel: 'Carton' };

export const listMappings = operation({
  ...shared,
  id: 'listMappings',
  method: 'GET',
  path: '/api/admin/mappings',
  summary: 'List mappings',
  query: z.strictObject({ ...PageQuery, vendorId: VendorId.optional(), type: MappingType.optional(), active: QueryFlag.optional() }),
  status: 200,
  reply: paged(Mapping),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const createMapping = operation({
  ...shared,
  id: 'createMapping',
  method: 'POST',
  path: '/api/admin/mappings',
  summary: 'Create a mapping; rows that wait for it are replayed, stored rows follow',
  description: 'A mapping that was deleted before is brought back with the new values.',
  body: z.strictObject({ vendorId: VendorId, ...entryFields }).refine(vatNeedsRate.check, vatNeedsRate.params),
  status: 201,
  reply: Mapping,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'conflict'],
  example: { vendorId: 'vendor-1', ...unit },
});

export const updateMapping = operation({
  ...shared,
  id: 'updateMapping',
  method: 'PUT',
  path: '/api/admin/mappings/:id',
  summary: 'Change what a mapping means',
  description: 'Vendor, type and ERP code identify a mapping: they may be repeated but not changed.',
  params: z.strictObject({ id: Uuid }),
  body: z.strictObject({
    vendorId: VendorId.optional(),
    mappingType: MappingType.optional(),
    erpCode: text(50, 1).optional(),
    restoCode: text(50, 1).optional(),
    restoLabel: text(255, 1).optional(),
    vatRate: VatRate,
    isActive: z.boolean().optional(),
  }),
  status: 200,
  reply: Mapping,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found'],
  example: { restoCode: 'BOX', restoLabel: 'Carton de 6' },
});

export const deleteMapping = operation({
  ...shared,
  id: 'deleteMapping',
  method: 'DELETE',
  path: '/api/admin/mappings/:id',
  summary: 'Deactivate a mapping; rows stored with it keep what they have',
  params: z.strictObject({ id: Uuid }),
  status: 204,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found'],
});

export const seedMappings = operation({
  ...shared,
  id: 'seedMappings',
  method: 'POST',
  path: '/api/admin/mappings/seed',
  summary: 'Create or update up to 5,000 mappings of one vendor',
  bodySize: 'seed',
  // Not by the schema: too many are 413, not 400, and not worth a look at each.
  mostRows: { of: 'mappings', most: MOST_SEEDED },
  body: z.strictObject({ vendorId: VendorId, mappings: z.array(MappingEntry).min(1) }),
  documentedBody: z.strictObject({ vendorId: VendorId, mappings: z.array(MappingEntry).min(1).max(MOST_SEEDED) }),
  status: 200,
  reply: z.strictObject({ created: z.int(), updated: z.int(), unchanged: z.int(), replaying: z.int() }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'too_many_rows'],
  example: {
    vendorId: 'vendor-1',
    mappings: [unit, { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' }],
  },
});

/** A marketplace code that may be what an unmapped code means, and why. */
export const MappingSuggestion = z.strictObject({
  restoCode: z.string(),
  restoLabel: z.string(),
  vatRate: z.string().nullable(),
  because: z.enum(['same_code', 'same_label', 'same_barcode', 'near_code']),
});
export type MappingSuggestion = z.infer<typeof MappingSuggestion>;

export const UnmappedCode = z
  .strictObject({
    vendorId: VendorId,
    mappingType: MappingType,
    erpCode: z.string(),
    parkedRows: z.int(),
    firstSeenAt: ReplyTime,
    lastSeenAt: ReplyTime,
    suggestions: z.array(MappingSuggestion),
  })
  .meta({ id: 'UnmappedCode' });
export type UnmappedCode = z.infer<typeof UnmappedCode>;

export const listUnmapped = operation({
  ...shared,
  id: 'listUnmapped',
  method: 'GET',
  path: '/api/admin/mappings/unmapped',
  summary: 'Codes that parked rows wait for, with suggestions',
  query: z.strictObject({ ...PageQuery, vendorId: VendorId.optional() }),
  status: 200,
  reply: paged(UnmappedCode),
  errors: [...COMMON_ERRORS, 'forbidden'],
});
