import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const ORDERS = 10;

const offline = ({ metrics }: Seen) => valueOf(metrics, 'sync_agents', { status: 'offline' }) ?? 0;
const silent = ({ parts }: Seen) => Number(parts['agents']?.['total'] ?? 0) - Number(parts['agents']?.['online'] ?? 0);

/** The line to a vendor is cut: it is silent until it counts as offline and ops are told; its orders wait until it is back. */
export const agentAway: Incident = {
  name: 'agent',
  title: 'an agent gone',
  promises: ['health', 'metrics', 'told', 'over', 'well', 'cleared'],
  async play(scene) {
    const { vendorId, line } = scene.world.away;
    const isIt = (call: { vendorId: string | null }) => call.vendorId === vendorId;
    scene.begin(`the line of ${vendorId} is cut`);
    await line.set({ kind: 'cut' });
    const orders = await scene.place(ORDERS, [vendorId]);
    await Promise.all([
      scene.sees('health', 'agents: one less is online', (seen) => seen.every((each) => silent(each) > 0), 180_000),
      scene.sees('metrics', 'sync_agents{status="offline"} is 1', (seen) => seen.every((each) => offline(each) === 1), 180_000),
      scene.told('agent_offline', isIt),
      scene.told('oldest_order_too_old'),
    ]);
    await scene.holds(
      `its orders wait, held as agent_offline`,
      async () => (await scene.world.desk.heldBecause('agent_offline')) >= ORDERS,
    );
    await line.set({ kind: 'open' });
    scene.over('the line is mended');
    await scene.delivered(orders);
    await scene.well('all agents are online', (seen) => seen.every((each) => silent(each) === 0 && offline(each) === 0));
    await Promise.all([scene.cleared('agent_offline', isIt), scene.cleared('oldest_order_too_old')]);
  },
};
