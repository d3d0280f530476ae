import { setTimeout as sleep } from 'node:timers/promises';
import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const AWAY_MS = 20_000;
const ORDERS = 20;

const up =
  (state: number) =>
  ({ metrics }: Seen) =>
    valueOf(metrics, 'hub_server_up', { server: 'redis' }) === state;

/** Redis is gone for 20 s and comes back with nothing in it: limits, calls of agents that poll, the queue. */
export const redisAway: Incident = {
  name: 'redis',
  title: 'Redis gone for 20 s',
  promises: ['health', 'metrics', 'over', 'well'],
  async play(scene) {
    const { redis } = scene.world.installation;
    scene.begin('Redis is stopped');
    const began = performance.now();
    await redis.stop();
    const returns = async () => {
      await Promise.all([
        scene.sees('health', 'every process says that redis is down', (seen) =>
          seen.every(({ parts }) => parts['redis']?.status === 'down'),
        ),
        scene.sees('metrics', 'hub_server_up{server="redis"} is 0 on every process', (seen) => seen.every(up(0))),
      ]);
      await sleep(Math.max(0, AWAY_MS - (performance.now() - began)), undefined, { signal: scene.world.signal });
      await redis.restart();
      scene.over('Redis is started again, empty');
    };
    await Promise.all([returns(), scene.ordersArrive(ORDERS)]);
    await scene.well('redis is up again, as every process says in health and metrics', (seen) => seen.every(up(1)));
  },
};
