/** Every table, for drizzle-kit and for checks over the whole schema. */
export * from './agent-registry';
export * from './alerts';
export * from './enrolment-codes';
export * from './erp-code-mappings';
export * from './items';
export * from './operations';
export * from './orders';
export * from './parked-rows';
export * from './reconciliation';
export * from './stock';
export * from './sync-digests';
export * from './sync-jobs';
export * from './warehouses';
