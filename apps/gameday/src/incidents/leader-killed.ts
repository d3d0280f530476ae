import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const ORDERS = 20;

const leads = ({ metrics }: Seen) => valueOf(metrics, 'hub_leads') === 1;

/** The scheduler that leads is killed: nothing is relayed until the stand-by has noticed. */
export const leaderKilled: Incident = {
  name: 'leader',
  title: 'the leader killed',
  promises: ['health', 'metrics', 'over', 'well'],
  async play(scene) {
    const { fleet } = scene.world.installation;
    const leader = scene.world.watch.after(-Infinity)?.find(leads)?.process;
    if (leader === undefined) throw new Error('no process says that it leads');
    const killed = fleet.named(leader);
    const isKilled = ({ process }: Seen) => process === leader;
    scene.begin(`${leader}, which leads, is killed`);
    await killed.kill();
    await Promise.all([
      scene.ordersArrive(ORDERS),
      scene.sees('health', `${leader} does not answer`, (seen) => seen.some((each) => isKilled(each) && !each.answers)),
      scene.sees('metrics', 'the stand-by leads: its hub_leads is 1', (seen) => seen.some((each) => !isKilled(each) && leads(each))),
    ]);
    killed.launch();
    scene.over(`${leader} is started again, as an orchestrator does`);
    await scene.well(`every process answers, and one leads`, (seen) => seen.filter(leads).length === 1);
  },
};
