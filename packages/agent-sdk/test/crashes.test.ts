import fc from 'fast-check';
import { CrashingWorld, type ErpMood, type WorldPlan } from './support/crashing-world';

const MOODS: readonly ErpMood[] = ['well', 'later', 'lost_before', 'lost_after', 'lost_late', 'busy', 'fails'];

/** Delivers an order through a world, and gives how many steps the agent took in its last life. */
async function deliver(plan: WorldPlan): Promise<number> {
  const world = new CrashingWorld(plan);
  const reference = await world.deliver().finally(() => world.end());
  expect({ reference, orders: world.orders.length }).toEqual({ reference: 'ERP-1', orders: 1 });
  return world.steps;
}

it.each(MOODS)('an order is in the ERP once, wherever the agent dies in its first or second life, with an ERP that is %s', async (mood) => {
  for (const asks of [true, false]) {
    for (const lateRounds of [0, 3, 6]) {
      const plan = { moods: [mood], lateRounds, asks };
      const steps = await deliver({ lives: [], ...plan });
      for (let first = 1; first <= Math.min(steps, 16); first += 1) {
        await deliver({ lives: [first], ...plan });
        await deliver({ lives: [first, ((first * 5) % 11) + 1], ...plan });
      }
    }
  }
});

it('an order is in the ERP once, whenever the agent dies and whatever the ERP does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        lives: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
        moods: fc.array(fc.constantFrom(...MOODS), { maxLength: 4 }),
        lateRounds: fc.integer({ min: 0, max: 6 }),
        asks: fc.boolean(),
      }),
      async (plan) => void (await deliver(plan)),
    ),
    { numRuns: 150 },
  );
});
