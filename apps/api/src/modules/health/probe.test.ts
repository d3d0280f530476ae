import { NoAnswerError } from '../../platform/timing/within';
import { Probe, type Facts, type Sighting } from './probe';

/** A part that is as the test says, looked at once a second. */
function watched() {
  const part = { state: Promise.resolve({}) as Promise<Facts>, seconds: 0 };
  const changes: [boolean, number][] = [];
  const probe = new Probe(
    () => part.state,
    (sighting) => changes.push([sighting.up, sighting.since.getTime() / 1000]),
    () => new Date(1000 * part.seconds++),
  );
  const find = (state: Facts | Error): Promise<Sighting> => {
    part.state = state instanceof Error ? Promise.reject(state) : Promise.resolve(state);
    return probe.ask();
  };
  return { probe, find, changes };
}

const seconds = ({ since }: Sighting) => since.getTime() / 1000;

it('says since when a part is as it is', async () => {
  const { find } = watched();
  expect(seconds(await find({}))).toBe(0);
  expect(seconds(await find({}))).toBe(0);
  expect(seconds(await find(new Error('away')))).toBe(2);
  expect(seconds(await find(new Error('away')))).toBe(2);
  expect(seconds(await find({}))).toBe(4);
});

it('tells of every change once, and of a part that was never up', async () => {
  const { find, changes } = watched();
  for (const state of [new Error('away'), new Error('away'), {}, {}, new Error('away')]) await find(state);
  expect(changes).toEqual([
    [false, 0],
    [true, 2],
    [false, 4],
  ]);
  const fine = watched();
  await fine.find({});
  expect(fine.changes).toEqual([]);
});

it.each([
  [new NoAnswerError(2_500), 'no answer within 2500 ms'],
  [new Error('Command timed out'), 'no answer in time'],
  [Object.assign(new Error('connect to 10.0.0.7:5432 failed'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new Error('redis://user:secret@host is away'), 'not reachable'],
])('names the cause, and neither address nor credential: %p', async (error, cause) =>
  expect(await watched().find(error)).toMatchObject({ up: false, cause }),
);

it('gives the facts of a part that is up', async () =>
  expect(await watched().find({ connections: 3 })).toMatchObject({ up: true, cause: null, facts: { connections: 3 } }));

it('looks once for all who ask at the same time', async () => {
  let looks = 0;
  const probe = new Probe(async () => ({ looks: ++looks }));
  const found = await Promise.all([probe.ask(), probe.ask(), probe.ask()]);
  expect(found.map(({ facts }) => facts)).toEqual([{ looks: 1 }, { looks: 1 }, { looks: 1 }]);
  expect((await probe.ask()).facts).toEqual({ looks: 2 });
});
