import { digestRow } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Row } from '../entity-rows';
import type { FoundRows, IndexedRow, ReconciliationStore } from './answer-reconciliation';
import { DigestTree, TREE_DEPTH, type RootDigest } from './digest-tree';

interface Held extends IndexedRow {
  row: Row;
}

interface Part {
  tree: DigestTree;
  rows: Map<string, Held>;
  /** By the first digits of `h`. */
  leaves: Map<string, Map<string, Held>>;
}

/** Everything of a small catalogue in memory. Larger agents keep `h` and `r` in a database, with an index on `h`. */
export class MemoryStore implements ReconciliationStore {
  private readonly parts = new Map<Entity, Part>();

  /** Puts a row in, or in place of the one with its key. @throws TypeError when it has no key or no `contentHash` */
  put(entity: Entity, row: Row): void {
    const key = keyOf(entity, row);
    const { contentHash } = row;
    if (key === null || typeof contentHash !== 'string') throw new TypeError('a row needs its key and a contentHash');
    this.delete(entity, key);
    const held = { key, row, ...digestRow(key, contentHash) };
    const { tree, rows, leaves } = this.part(entity);
    tree.add(held);
    rows.set(key, held);
    const place = held.h.slice(0, TREE_DEPTH);
    const leaf = leaves.get(place) ?? new Map<string, Held>();
    leaves.set(place, leaf.set(key, held));
  }

  /** Whether it was there. */
  delete(entity: Entity, key: string): boolean {
    const { tree, rows, leaves } = this.part(entity);
    const held = rows.get(key);
    if (held === undefined) return false;
    tree.remove(held);
    rows.delete(key);
    const place = held.h.slice(0, TREE_DEPTH);
    const leaf = leaves.get(place);
    leaf?.delete(key);
    if (leaf?.size === 0) leaves.delete(place);
    return true;
  }

  /** For heartbeats. */
  root(entity: Entity): RootDigest {
    return this.part(entity).tree.root();
  }

  tree(entity: Entity): DigestTree {
    return this.part(entity).tree;
  }

  *scan(entity: Entity, prefix: string): Generator<IndexedRow> {
    const { leaves } = this.part(entity);
    const found = prefix === '' ? leaves.values() : placesBelow(prefix.slice(0, TREE_DEPTH)).map((place) => leaves.get(place));
    for (const leaf of found) for (const held of leaf?.values() ?? []) if (held.h.startsWith(prefix)) yield held;
  }

  rows(entity: Entity, keys: readonly string[]): Promise<FoundRows> {
    const { rows } = this.part(entity);
    const found = keys.flatMap((key) => rows.get(key) ?? []);
    return Promise.resolve({ rows: found.map(({ row }) => row) });
  }

  private part(entity: Entity): Part {
    const part = this.parts.get(entity) ?? {
      tree: new DigestTree(),
      rows: new Map<string, Held>(),
      leaves: new Map<string, Map<string, Held>>(),
    };
    this.parts.set(entity, part);
    return part;
  }
}

/** The leaves below a prefix, by their names: there may be fewer of these than leaves. */
function placesBelow(prefix: string): string[] {
  let places = [prefix];
  for (let length = prefix.length; length < TREE_DEPTH; length++) {
    places = places.flatMap((place) => Array.from('0123456789abcdef', (digit) => place + digit));
  }
  return places;
}
