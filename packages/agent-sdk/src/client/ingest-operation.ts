import {
  pushItems,
  pushItemsBatch,
  pushStock,
  pushStockBatch,
  pushWarehouses,
  pushWarehousesBatch,
} from '@repo/contracts/operations/ingest-operations';
import type { BATCH_LIMITS } from '../entity-rows';

/** Which of the two ingest routes of an entity, and with it how large a batch may be. */
export type BatchSize = keyof typeof BATCH_LIMITS;

/** Where rows go. */
export const INGEST_OPERATIONS = {
  incremental: { items: pushItems, stock: pushStock, warehouses: pushWarehouses },
  full: { items: pushItemsBatch, stock: pushStockBatch, warehouses: pushWarehousesBatch },
} as const;
