import { readArguments } from './arguments';
import { INCIDENTS } from './timeline/incident-record';

it('plays everything with what it was told, and with its defaults', () => {
  expect(readArguments([])).toMatchObject({ vendors: 6, seed: '1', only: INCIDENTS, json: null, forSeconds: 0 });
  expect(readArguments(['--', '--only', 'redis,leader', '--orders', '0.5', '--json', 'out.json'])).toMatchObject({
    only: ['redis', 'leader'],
    orders: 0.5,
    json: 'out.json',
  });
});

it.each([
  [['--vendors', '0'], '--vendors takes a whole number from 1 to 500'],
  [['--vendors', '501'], '--vendors takes a whole number from 1 to 500'],
  [['--items', '1.5'], '--items takes a whole number from 1 to 100000'],
  [['--orders', 'many'], '--orders takes a number from 0.01 to 1000'],
  [['--only', 'redis,fire'], 'There is no incident "fire"'],
  [['--fast'], "Unknown option '--fast': --help shows what it takes"],
])('refuses %j, and says what it takes', (args, message) => expect(() => readArguments(args)).toThrow(message));
