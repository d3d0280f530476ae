import { Registry } from 'prom-client';
import { addScrapedGauge } from './scraped-gauge';

/** A gauge with and one without labels, over the same reading. */
function gauges() {
  const part = { letters: 3 as number | Error, missed: 0 };
  const registry = new Registry();
  const about = { help: 'h', read: async () => letters(part.letters), missed: () => part.missed++ };
  addScrapedGauge(registry, { ...about, name: 'plain', labelNames: [], series: (found) => [[{}, found]] });
  addScrapedGauge(registry, { ...about, name: 'labelled', labelNames: ['kind'], series: (found) => [[{ kind: `of ${found}` }, found]] });
  const lines = async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { part, lines };
}

function letters(found: number | Error): number {
  if (found instanceof Error) throw found;
  return found;
}

it('shows what is read at that moment, and nothing of before', async () => {
  const { part, lines } = gauges();
  expect(await lines()).toEqual(['plain 3', 'labelled{kind="of 3"} 3']);
  part.letters = 4;
  expect(await lines()).toEqual(['plain 4', 'labelled{kind="of 4"} 4']);
});

it('is left out when it cannot be read: 0 dead letters would be a claim', async () => {
  const { part, lines } = gauges();
  await lines();
  part.letters = new Error('away');
  expect(await lines()).toEqual([]);
  expect(part.missed).toBe(2);
  part.letters = 0;
  expect(await lines()).toEqual(['plain 0', 'labelled{kind="of 0"} 0']);
});

it('tells of an outage once, and of the next one again', async () => {
  const { part, lines } = gauges();
  const told: number[] = [];
  for (const letters of [new Error('away'), new Error('still away'), 1, new Error('away again')]) {
    part.letters = letters;
    await lines();
    told.push(part.missed);
  }
  // Of each of the two gauges.
  expect(told).toEqual([2, 2, 2, 4]);
});
