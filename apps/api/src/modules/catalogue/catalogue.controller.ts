import { Controller, Inject } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import {
  getItem,
  getStock,
  getStockAt,
  getWarehouse,
  listItems,
  listStock,
  listWarehouses,
} from '@repo/contracts/operations/read-operations';
import type { Entity } from '@repo/contracts/primitives';
import { findItem, findStock, findStockAt, findWarehouse } from '@repo/shared/database/catalogue/find-rows';
import type { Database } from '@repo/shared/database/connect';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { DATABASE } from '../../platform/database/database.module';
import { ApiError } from '../../platform/errors/api-error';
import { Input } from '../../platform/http/input.decorator';
import { Operation } from '../../platform/http/operation.decorator';
import { addLogFields } from '../../platform/http/request-context';
import { listChanges, type ChangesPage, type ChangesQuery } from './list-changes';

/** What storefronts read of the catalogue: by key, and by change. */
@Controller()
export class CatalogueController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: HubSettings,
  ) {}

  @Operation(listItems)
  listItems(@Input() { query }: InputOf<typeof listItems>): Promise<Reply<typeof listItems>> {
    return this.list('items', query);
  }

  @Operation(listStock)
  listStock(@Input() { query }: InputOf<typeof listStock>): Promise<Reply<typeof listStock>> {
    return this.list('stock', query);
  }

  @Operation(listWarehouses)
  listWarehouses(@Input() { query }: InputOf<typeof listWarehouses>): Promise<Reply<typeof listWarehouses>> {
    return this.list('warehouses', query);
  }

  @Operation(getItem)
  async item(@Input() { params: { vendorId, sku } }: InputOf<typeof getItem>): Promise<Reply<typeof getItem>> {
    return found(vendorId, await findItem(this.database.pool, vendorId, sku));
  }

  @Operation(getStock)
  async stock(@Input() { params: { vendorId, sku } }: InputOf<typeof getStock>): Promise<Reply<typeof getStock>> {
    const data = await findStock(this.database.pool, vendorId, sku);
    return found(vendorId, data.length === 0 ? null : { data });
  }

  @Operation(getStockAt)
  async stockAt(@Input() { params }: InputOf<typeof getStockAt>): Promise<Reply<typeof getStockAt>> {
    const { vendorId, erpWarehouseId, sku } = params;
    return found(vendorId, await findStockAt(this.database.pool, vendorId, erpWarehouseId, sku));
  }

  @Operation(getWarehouse)
  async warehouse(@Input() { params }: InputOf<typeof getWarehouse>): Promise<Reply<typeof getWarehouse>> {
    const { vendorId, erpWarehouseId } = params;
    return found(vendorId, await findWarehouse(this.database.pool, vendorId, erpWarehouseId));
  }

  private async list<E extends Entity>(entity: E, query: ChangesQuery): Promise<ChangesPage<E>> {
    const keeping = { now: Date.now(), retentionDays: this.settings.RETENTION_TOMBSTONES_DAYS };
    const page = await listChanges(this.database.pool, entity, query, keeping);
    addLogFields({ vendorId: query.vendorId, rows: page.data.length });
    return page;
  }
}

function found<T>(vendorId: string, row: T | null): T {
  addLogFields({ vendorId });
  if (row === null) throw new ApiError('not_found');
  return row;
}
