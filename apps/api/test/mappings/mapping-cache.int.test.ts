import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import { Redis } from 'ioredis';
import { LocalEventBus } from '../../src/platform/events/local-events';
import { RedisInvalidations } from '../../src/platform/redis/invalidations';
import { MappingCache } from '../../src/modules/sync/mappings/mapping-cache';
import { MappingChanges } from '../../src/modules/sync/mappings/mapping-changes';
import type { MappingCode } from '../../src/modules/sync/mappings/resolved-mappings';
import { writeMappings, type MappingValues } from '@repo/shared/database/mappings/write-mappings';
import { eventually } from '../support/hub';
import { mapping, openTestDatabase, versionOf, write, type TestDatabase } from './mapping-fixture';

const BX: MappingCode = { type: 'unit', code: 'BX' };
const T1: MappingCode = { type: 'vat', code: 'T1' };

describe('MappingCache', () => {
  let database: TestDatabase;
  let queries: jest.SpyInstance;
  const connections: Redis[] = [];
  let redisUrl: string;

  beforeAll(async () => {
    database = await openTestDatabase();
    redisUrl = await nextRedisUrl();
    queries = jest.spyOn(database.pool, 'query');
  });
  beforeEach(() => queries.mockClear());
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    await database.drop();
  });

  /** A cache as one instance of the hub has it, and what that instance changes mappings with. */
  async function instance() {
    const [commands, subscriber] = [new Redis(redisUrl), new Redis(redisUrl)];
    connections.push(commands, subscriber);
    const invalidations = new RedisInvalidations(commands, subscriber);
    const cache = new MappingCache(database, invalidations);
    const changes = new MappingChanges(database, invalidations, new LocalEventBus());
    await eventually(async () => subscriber.status === 'ready' && commands.status === 'ready');
    // Whatever the subscription drops when it begins is over with the first message that comes through.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return {
      cache,
      change: (vendorId: string, values: MappingValues[]) => changes.run(vendorId, (tx) => wrap(writeMappings(tx, vendorId, values))),
    };
  }
  const wrap = async <T>(written: Promise<T>) => ({ result: null, written: await written });
  const version = async (vendorId: string) => (await versionOf(database, vendorId))?.version ?? null;
  const loads = () => queries.mock.calls.filter(([query]) => (query as { name?: string }).name === 'load-mappings').length;

  it('asks once for a code that is mapped, and every time for one that is not', async () => {
    const { cache } = await instance();
    await write(database, 'v1', [mapping('unit', 'BX', 'BOX'), mapping('vat', 'T1', 'FR', '5.50')]);
    const first = await cache.resolve('v1', '1', [BX, T1, BX]);
    expect(first.get('vat', 'T1')).toEqual({ type: 'vat', code: 'T1', restoCode: 'FR', restoLabel: 'Label FR', vatRate: '5.5' });
    expect(first.get('unit', 'BX')?.vatRate).toBeNull();
    expect(loads()).toBe(1);
    const second = await cache.resolve('v1', '1', [BX, T1]);
    expect(second).toMatchObject({ version: '1' });
    expect(second.get('unit', 'BX')).toEqual(first.get('unit', 'BX'));
    expect(loads()).toBe(1);

    const missing: MappingCode = { type: 'unit', code: 'NO' };
    await cache.resolve('v1', '1', [BX, missing]);
    expect((await cache.resolve('v1', '1', [BX, missing])).get('unit', 'NO')).toBeUndefined();
    expect(loads()).toBe(3);
  });

  it('never serves a mapping that has changed to a caller who has seen the newer version', async () => {
    const { cache } = await instance();
    await write(database, 'v2', [mapping('unit', 'BX', 'BOX')]);
    await cache.resolve('v2', '1', [BX]);
    // Written behind every cache's back, as if the message had been lost.
    await write(database, 'v2', [mapping('unit', 'BX', 'CRATE')]);
    expect((await cache.resolve('v2', '2', [BX])).get('unit', 'BX')?.restoCode).toBe('CRATE');
    await write(database, 'v2', [{ ...mapping('unit', 'BX', 'CRATE'), isActive: false }]);
    const gone = await cache.resolve('v2', '3', [BX]);
    expect(gone.get('unit', 'BX')).toBeUndefined();
    expect(gone.version).toBe('3');
  });

  it('resolves all codes again when the version moves on between two looks, and says at which one', async () => {
    const { cache } = await instance();
    await write(database, 'v3', [mapping('unit', 'BX', 'BOX'), mapping('vat', 'T1', 'FR')]);
    await cache.resolve('v3', '1', [BX]);
    await write(database, 'v3', [mapping('unit', 'BX', 'CRATE')]);
    const mixed = await cache.resolve('v3', '1', [BX, T1]);
    expect(mixed.version).toBe('2');
    expect(mixed.get('unit', 'BX')?.restoCode).toBe('CRATE');
    expect(mixed.get('vat', 'T1')?.restoCode).toBe('FR');
  });

  it('gives one consistent version however fast another instance writes', async () => {
    const { cache } = await instance();
    await write(database, 'v4', [mapping('unit', 'BX', '1'), mapping('vat', 'T1', '1')]);
    const stop = new AbortController();
    const writer = (async () => {
      for (let i = 2; !stop.signal.aborted; i++) await write(database, 'v4', [mapping('unit', 'BX', `${i}`), mapping('vat', 'T1', `${i}`)]);
    })();
    for (let i = 0; i < 300; i++) {
      const seen = await version('v4');
      const meanings = await cache.resolve('v4', seen, i % 3 === 0 ? [BX] : [BX, T1]);
      expect(meanings.get('unit', 'BX')?.restoCode).toBe(meanings.version);
      if (i % 3 !== 0) expect(meanings.get('vat', 'T1')?.restoCode).toBe(meanings.version);
      expect(BigInt(meanings.version ?? 0)).toBeGreaterThanOrEqual(BigInt(seen ?? 0));
    }
    stop.abort();
    await writer;
  });

  it('is dropped for that vendor on every instance by a write on any', async () => {
    const [here, there] = [await instance(), await instance()];
    await here.change('v5', [mapping('unit', 'BX', 'BOX')]);
    await write(database, 'v5-other', [mapping('unit', 'BX', 'BOX')]);
    for (const { cache } of [here, there]) {
      await cache.resolve('v5', '1', [BX]);
      await cache.resolve('v5-other', '1', [BX]);
    }
    await here.change('v5', [mapping('unit', 'BX', 'CRATE')]);
    queries.mockClear();
    // At the old version, which nobody who reads now can see: only a dropped entry is asked for again.
    await eventually(async () => {
      await there.cache.resolve('v5', '1', [BX]);
      return loads() > 0;
    });
    queries.mockClear();
    await here.cache.resolve('v5-other', '1', [BX]);
    await there.cache.resolve('v5-other', '1', [BX]);
    expect(loads()).toBe(0);
  });

  it('knows a vendor without any mappings', async () => {
    const { cache } = await instance();
    expect((await cache.resolve('v6', null, [BX])).version).toBeNull();
    await write(database, 'v6', [mapping('unit', 'BX', 'BOX')]);
    const meanings = await cache.resolve('v6', null, [BX]);
    expect(meanings.version).toBe('1');
    expect(meanings.get('unit', 'BX')?.restoCode).toBe('BOX');
  });
});
