import { readArguments } from './read-arguments';
import { RUN_KINDS } from './schedule/chaos-fault';

describe('readArguments', () => {
  it('runs every kind when nothing is said, and passes over the -- of pnpm', () => {
    expect(readArguments(['--'])).toEqual({ seeds: 4, from: 1, orders: 1_000, kinds: RUN_KINDS, transport: 'mixed', resume: null });
  });

  it('takes what is said', () => {
    const args = ['--seeds', '2', '--from', '7', '--orders', '50', '--kind', 'redis', '--transport', 'pull', '--resume', 'a.jsonl'];
    expect(readArguments(args)).toEqual({ seeds: 2, from: 7, orders: 50, kinds: ['redis'], transport: 'pull', resume: 'a.jsonl' });
  });

  it.each([
    [['--kind', 'weather'], /--kind takes one of kills, redis/],
    [['--transport', 'pigeon'], /--transport takes one of push, pull, mixed/],
    [['--seeds', '0'], /--seeds takes a whole number/],
    [['--orders', 'many'], /--orders takes a whole number/],
    [['--speed', '2'], /Unknown option/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
