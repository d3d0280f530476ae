import { contentHashOf } from '@repo/contracts/content-hash';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Entity } from '@repo/contracts/primitives';
import type { SeededRandom } from './seeded-random';

/** What a simulated vendor's codes are mapped to. */
export const MAPPINGS = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
] as const;

export interface SimulatedRow {
  entity: Entity;
  key: string;
  hash: string;
  row: Readonly<Record<string, unknown>>;
}

const WAREHOUSES = 2;

/** The rows of an ERP in memory, and which of them the hub has not judged as they are now. */
export class SimulatedRows {
  readonly rows: Readonly<Record<Entity, Map<string, SimulatedRow>>> = { warehouses: new Map(), items: new Map(), stock: new Map() };
  private readonly dirty: Readonly<Record<Entity, Set<string>>> = { warehouses: new Set(), items: new Set(), stock: new Set() };
  changes = 0;

  constructor(
    private readonly items: number,
    private readonly random: SeededRandom,
  ) {
    for (let at = 0; at < WAREHOUSES; at++) this.put('warehouses', { erpWarehouseId: `W${at}`, code: `W${at}`, name: `Dépôt ${at}` });
    for (let at = 0; at < items; at++) {
      this.put('items', this.itemAt(at));
      this.put('stock', this.stockAt(at));
    }
  }

  /** One row becomes another: mostly stock, some articles, now and then a warehouse. */
  change(): void {
    this.changes += 1;
    const drawn = this.random.next();
    const at = this.random.below(this.items);
    if (drawn < 0.69) this.put('stock', this.stockAt(at));
    else if (drawn < 0.99) this.put('items', this.itemAt(at));
    else {
      const id = `W${this.random.below(WAREHOUSES)}`;
      this.put('warehouses', { erpWarehouseId: id, code: id, name: `Dépôt ${this.random.below(1_000)}` });
    }
  }

  /** Takes what has to be sent; `putBack` what was not judged. */
  takeDirty(entity: Entity): SimulatedRow[] {
    const taken = [...this.dirty[entity]].flatMap((key) => this.rows[entity].get(key) ?? []);
    this.dirty[entity].clear();
    return taken;
  }

  putBack(entity: Entity, keys: Iterable<string>): void {
    for (const key of keys) this.dirty[entity].add(key);
  }

  dirtyCount(): number {
    return Object.values(this.dirty).reduce((sum, { size }) => sum + size, 0);
  }

  private itemAt(at: number): Record<string, unknown> {
    const price = `${1 + this.random.below(99)}.${String(this.random.below(100)).padStart(2, '0')}`;
    return {
      sku: `A-${at}`,
      name: `Article ${at} (${this.random.below(1_000_000)})`,
      erpUnitCode: 'PCE',
      erpVatCode: 'T1',
      priceExclVat: price,
    };
  }

  private stockAt(at: number): Record<string, unknown> {
    const real = this.random.below(10_000);
    const reserved = this.random.below(real + 1);
    const numbers = { realStock: String(real), virtualStock: String(real - reserved), reservedQuantity: String(reserved) };
    return { sku: `A-${at}`, erpWarehouseId: `W${at % WAREHOUSES}`, ...numbers };
  }

  private put(entity: Entity, row: Record<string, unknown>): void {
    const key = keyOf(entity, row);
    if (key === null) throw new TypeError(`a row of ${entity} without a key`);
    this.rows[entity].set(key, { entity, key, hash: contentHashOf(row), row });
    this.dirty[entity].add(key);
  }
}
