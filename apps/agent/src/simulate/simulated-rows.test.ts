import { DigestTree } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import { digestRow } from '@repo/contracts/digest';
import { FaultDraws } from './draw-faults';
import { SeededRandom } from './seeded-random';
import { SimulatedRows } from './simulated-rows';

function rowsAfter(seed: string, changes: number): string {
  const erp = new SimulatedRows(20, new SeededRandom(seed));
  for (let i = 0; i < changes; i++) erp.change();
  return JSON.stringify(Object.values(erp.rows).map((rows) => [...rows.values()].map(({ key, row }) => [key, row])));
}

it('draws the same rows and changes for the same seed, and others for another', () => {
  expect(rowsAfter('a', 100)).toBe(rowsAfter('a', 100));
  expect(rowsAfter('a', 100)).not.toBe(rowsAfter('b', 100));
  expect(rowsAfter('a', 100)).not.toBe(rowsAfter('a', 0));
});

it('has to send what it changed, and what was put back', () => {
  const erp = new SimulatedRows(3, new SeededRandom('a'));
  expect(erp.dirtyCount()).toBe(8);
  const taken = erp.takeDirty('items');
  expect(taken.map(({ key }) => key)).toEqual(['A-0', 'A-1', 'A-2']);
  erp.putBack('items', ['A-1']);
  expect(erp.takeDirty('items').map(({ key }) => key)).toEqual(['A-1']);
});

it('lets a tenth of its articles come and go, with their stock, and owes the hub the deletes', () => {
  const erp = new SimulatedRows(20, new SeededRandom('a'));
  const there = () => ['A-9', 'A-19'].filter((sku) => erp.rows.items.has(sku)).length;
  const seen = new Set<number>();
  for (let i = 0; i < 500; i++) {
    erp.change();
    seen.add(there());
    expect(erp.rows.items.size).toBe(18 + there());
    expect(erp.rows.stock.size).toBe(18 + there());
    expect(erp.root('items')).toMatchObject({ count: 18 + there() });
  }
  expect(seen).toEqual(new Set([0, 1, 2]));
  expect(erp.deletes - erp.returns).toBe(2 - there());
  expect([erp.owesDeletes('items'), erp.owesDeletes('stock'), erp.owesDeletes('warehouses')]).toEqual([true, true, false]);
  expect(erp.takeAll('items')).toHaveLength(18 + there());
  expect(erp.owesDeletes('items')).toBe(false);
});

it('sums up its rows as they are, whatever became of them on the way', () => {
  const erp = new SimulatedRows(20, new SeededRandom('a'));
  for (let i = 0; i < 200; i++) erp.change();
  const tree = new DigestTree();
  for (const { key, hash } of erp.rows.stock.values()) tree.add(digestRow(key, hash));
  expect(erp.root('stock')).toEqual(tree.root());
});

it('draws faults of one kind whatever others are on, and none once it has stopped', () => {
  const draws = (faults: ConstructorParameters<typeof FaultDraws>[0]) => {
    const drawn = new FaultDraws(faults, 0.5, new SeededRandom('a'));
    return Array.from({ length: 50 }, () => {
      drawn.happens('slow');
      return drawn.happens('error');
    });
  };
  expect(draws(['error'])).toEqual(draws(['error', 'slow']));
  expect(new Set(draws(['error']))).toEqual(new Set([true, false]));
  const stopped = new FaultDraws(['error'], 1, new SeededRandom('a'));
  expect(stopped.happens('error')).toBe(true);
  stopped.stop();
  expect(stopped.happens('error')).toBe(false);
});
