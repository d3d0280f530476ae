import { DigestTree, type RootDigest } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import { contentHashOf } from '@repo/contracts/content-hash';
import { digestRow, type RowDigest } from '@repo/contracts/digest';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Entity } from '@repo/contracts/primitives';
import type { SeededRandom } from './seeded-random';

/** What a simulated vendor's codes are mapped to. */
export const MAPPINGS = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
] as const;

export interface SimulatedRow extends RowDigest {
  entity: Entity;
  key: string;
  hash: string;
  row: Readonly<Record<string, unknown>>;
}

const WAREHOUSES = 2;
/** Every so many articles there is one that comes and goes, with its stock: never more than a hub deletes at once. */
const COMER_EVERY = 10;
/** What a change is, by what is drawn. */
const [STOCK, ITEM, COMER] = [0.62, 0.9, 0.99];

/** Whether an article comes and goes. Orders are for those that stay. */
export function isComer(at: number): boolean {
  return at % COMER_EVERY === COMER_EVERY - 1;
}

/** The rows of an ERP in memory, and what of them the hub has not judged as they are now. */
export class SimulatedRows {
  readonly rows: Readonly<Record<Entity, Map<string, SimulatedRow>>> = { warehouses: new Map(), items: new Map(), stock: new Map() };
  private readonly dirty: Readonly<Record<Entity, Set<string>>> = { warehouses: new Set(), items: new Set(), stock: new Set() };
  private readonly trees: Readonly<Record<Entity, DigestTree>> = {
    warehouses: new DigestTree(),
    items: new DigestTree(),
    stock: new DigestTree(),
  };
  /** Entities of which rows are gone that the hub may still have. */
  private readonly owing = new Set<Entity>();
  changes = 0;
  deletes = 0;
  returns = 0;

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

  /** One row becomes another, mostly stock, or an article goes or comes back; now and then it is a warehouse. */
  change(): void {
    this.changes += 1;
    const drawn = this.random.next();
    const at = this.random.below(this.items);
    const comer = at - (at % COMER_EVERY) + COMER_EVERY - 1;
    if (drawn >= COMER) {
      const id = `W${this.random.below(WAREHOUSES)}`;
      this.put('warehouses', { erpWarehouseId: id, code: id, name: `Dépôt ${this.random.below(1_000)}` });
    } else if (drawn >= ITEM && comer < this.items) {
      if (this.isThere(comer)) this.remove(comer);
      else this.bringBack(comer);
    } else if (!this.isThere(at)) this.bringBack(at);
    else if (drawn < STOCK) this.put('stock', this.stockAt(at));
    else this.put('items', this.itemAt(at));
  }

  /** Takes what has to be sent; `putBack` what was not judged. */
  takeDirty(entity: Entity): SimulatedRow[] {
    const taken = [...this.dirty[entity]].flatMap((key) => this.rows[entity].get(key) ?? []);
    this.dirty[entity].clear();
    return taken;
  }

  /** Takes everything; from then on no delete is owed that was before. */
  takeAll(entity: Entity): SimulatedRow[] {
    this.dirty[entity].clear();
    this.owing.delete(entity);
    return [...this.rows[entity].values()];
  }

  putBack(entity: Entity, keys: Iterable<string>): void {
    for (const key of keys) if (this.rows[entity].has(key)) this.dirty[entity].add(key);
  }

  dirtyCount(): number {
    return Object.values(this.dirty).reduce((sum, { size }) => sum + size, 0);
  }

  owesDeletes(entity: Entity): boolean {
    return this.owing.has(entity);
  }

  oweDeletes(entity: Entity): void {
    this.owing.add(entity);
  }

  root(entity: Entity): RootDigest {
    return this.trees[entity].root();
  }

  tree(entity: Entity): DigestTree {
    return this.trees[entity];
  }

  private isThere(at: number): boolean {
    return this.rows.items.has(`A-${at}`);
  }

  private remove(at: number): void {
    this.deletes += 1;
    this.drop('stock', keyOf('stock', this.stockKey(at)) ?? '');
    this.drop('items', `A-${at}`);
  }

  private bringBack(at: number): void {
    this.returns += 1;
    this.put('items', this.itemAt(at));
    this.put('stock', this.stockAt(at));
  }

  private drop(entity: Entity, key: string): void {
    const held = this.rows[entity].get(key);
    if (held === undefined) return;
    this.trees[entity].remove(held);
    this.rows[entity].delete(key);
    this.dirty[entity].delete(key);
    this.owing.add(entity);
  }

  private stockKey(at: number) {
    return { sku: `A-${at}`, erpWarehouseId: `W${at % WAREHOUSES}` };
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
    return { ...this.stockKey(at), ...numbers };
  }

  private put(entity: Entity, row: Record<string, unknown>): void {
    const key = keyOf(entity, row);
    if (key === null) throw new TypeError(`a row of ${entity} without a key`);
    const hash = contentHashOf(row);
    const before = this.rows[entity].get(key);
    if (before !== undefined) this.trees[entity].remove(before);
    const held = { entity, key, hash, row, ...digestRow(key, hash) };
    this.trees[entity].add(held);
    this.rows[entity].set(key, held);
    this.dirty[entity].add(key);
  }
}
