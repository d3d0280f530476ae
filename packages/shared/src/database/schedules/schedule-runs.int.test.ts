import { useTestDatabase } from '../../../test/support/test-database';
import { claimTick, finishRun, interruptOthers, noteFirstSeen, readLastTick } from './schedule-runs';

const test = useTestDatabase();
const [first, second] = [new Date('2026-01-01T02:00:00Z'), new Date('2026-01-02T02:00:00Z')];

it('knows no tick of a schedule that never ran', async () => {
  expect(await readLastTick(test.pool, 'never')).toBeNull();
});

it('remembers from when on the ticks of a new schedule count, whoever leads later', async () => {
  const [begun, later] = [new Date('2026-01-01T01:59:59Z'), new Date('2026-01-01T02:00:06Z')];
  await noteFirstSeen(test.pool, ['new'], begun, 'i1');
  await noteFirstSeen(test.pool, ['new', 'newer'], later, 'i2');
  expect(await readLastTick(test.pool, 'new')).toEqual(begun);
  expect(await readLastTick(test.pool, 'newer')).toEqual(later);
  expect(await claimTick(test.pool, 'new', first, 'i2')).toBeDefined();
  await noteFirstSeen(test.pool, ['new'], later, 'i3');
  expect(await readLastTick(test.pool, 'new')).toEqual(first);
});

it('gives a tick to one of all instances that want it', async () => {
  const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => claimTick(test.pool, 'a', first, `i${n}`)));
  expect(claims.filter((id) => id !== undefined)).toHaveLength(1);
  expect(await readLastTick(test.pool, 'a')).toEqual(first);
});

it('lets a tick that was interrupted be done once more, and no third time', async () => {
  expect(await claimTick(test.pool, 'b', first, 'dead')).toBeDefined();
  expect(await interruptOthers(test.pool, 'alive')).toBeGreaterThan(0);
  expect(await readLastTick(test.pool, 'b')).toEqual(new Date(first.getTime() - 1_000));
  expect(await claimTick(test.pool, 'b', first, 'dead-too')).toBeDefined();
  await interruptOthers(test.pool, 'alive');
  expect(await readLastTick(test.pool, 'b')).toEqual(first);
  expect(await claimTick(test.pool, 'b', first, 'alive')).toBeUndefined();
});

it('keeps how a run ended, unless it was taken for interrupted', async () => {
  const id = (await claimTick(test.pool, 'c', first, 'i1')) ?? '';
  await finishRun(test.pool, id, 'i1', 'failed', 'boom');
  const late = (await claimTick(test.pool, 'c', second, 'i1')) ?? '';
  await interruptOthers(test.pool, 'i2');
  await finishRun(test.pool, late, 'i1', 'succeeded', null);
  const { rows } = await test.pool.query(`select outcome, error from schedule_runs where schedule = 'c' order by tick_at`);
  expect(rows).toEqual([
    { outcome: 'failed', error: 'boom' },
    { outcome: 'interrupted', error: null },
  ]);
});
