import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const ORDERS = 20;

const up =
  (state: number) =>
  ({ metrics }: Seen) =>
    valueOf(metrics, 'hub_server_up', { server: 'database' }) === state;

/** PostgreSQL is restarted under everything: sessions end, the leader loses its lock, requests fail for a moment. */
export const postgresRestarted: Incident = {
  name: 'postgres',
  title: 'PostgreSQL restarted',
  promises: ['health', 'metrics', 'over', 'well'],
  async play(scene) {
    const { postgres } = scene.world.installation;
    scene.begin('PostgreSQL is stopped');
    await postgres.stop('fast');
    const returns = async () => {
      await Promise.all([
        scene.sees('health', 'every process says that the database is down', (seen) => seen.every(isDown)),
        scene.sees('metrics', 'hub_server_up{server="database"} is 0 on every process', (seen) => seen.every(up(0))),
      ]);
      await postgres.restart();
      scene.over('PostgreSQL is started again');
    };
    await Promise.all([returns(), scene.ordersArrive(ORDERS)]);
    await scene.well(
      'the database is up again, as every process says, and one of them leads',
      (seen) => seen.every(up(1)) && seen.some(leads),
    );
  },
};

const isDown = ({ parts }: Seen) => parts['database']?.status === 'down';
const leads = ({ metrics }: Seen) => valueOf(metrics, 'hub_leads') === 1;
