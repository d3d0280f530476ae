import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const ORDERS = 40;

/** A worker is killed with jobs in its hands: the other one does its work, and asks agents about what it cannot know. */
export const workerKilled: Incident = {
  name: 'worker',
  title: 'a worker killed',
  promises: ['health', 'metrics', 'over', 'well'],
  async play(scene) {
    const { world } = scene;
    const worker = world.random.pick(world.installation.fleet.processes.filter(({ role }) => role === 'worker'));
    const isKilled = ({ process }: Seen) => process === worker.name;
    const isGone = async () => {
      await scene.holds('calls to agents are on their way', async () => (await world.desk.underWay()) > 0);
      scene.begin(`${worker.name} is killed`);
      await worker.kill();
      await Promise.all([
        scene.sees('health', `${worker.name} does not answer`, (seen) => seen.some((each) => isKilled(each) && !each.answers)),
        scene.sees('metrics', `${worker.name} has no metrics`, (seen) => seen.some((each) => isKilled(each) && each.metrics.length === 0)),
      ]);
    };
    await Promise.all([isGone(), scene.ordersArrive(ORDERS)]);
    await scene.ordersArrive(ORDERS);
    worker.launch();
    scene.over(`${worker.name} is started again`);
    await scene.well('every process answers');
  },
};
