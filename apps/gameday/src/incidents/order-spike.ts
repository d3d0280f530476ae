import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

/** A tenth of the orders at once is more than the steady load ever has open. */
const SHOWS_FROM = 10;

const openJobs = ({ metrics }: Seen) => valueOf(metrics, 'sync_jobs', { operation: 'create_order' }) ?? 0;

/** Many orders at once, for all vendors: they wait their turn, a share a vendor, and all arrive. */
export const orderSpike: Incident = {
  name: 'spike',
  title: 'an order spike',
  // It shows as work, not as a fault; an alert would come if one had to wait too long.
  promises: ['metrics', 'over', 'well'],
  async play(scene) {
    const { spike } = scene.world.options;
    const least = Math.ceil(spike / SHOWS_FROM);
    scene.begin(`${spike} orders are placed at once`);
    const placing = async () => {
      const orders = await scene.place(spike);
      scene.over('the last of them is taken');
      return orders;
    };
    const shows = scene.sees('metrics', `sync_jobs shows more than ${least} open jobs`, (seen) =>
      seen.some((each) => openJobs(each) > least),
    );
    const [orders] = await Promise.all([placing(), shows]);
    await scene.delivered(orders);
    await scene.well(`sync_jobs shows less than ${least} again`, (seen) => seen.every((each) => openJobs(each) < least));
  },
};
