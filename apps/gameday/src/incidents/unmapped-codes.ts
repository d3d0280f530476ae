import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

/** The gauge is counted every minute. */
const COUNTED_WITHIN_MS = 150_000;
const ORDERS = 10;

const parked = ({ metrics }: Seen) => valueOf(metrics, 'sync_parked_rows', { entity: 'items' }) ?? 0;
const leads = ({ metrics }: Seen) => valueOf(metrics, 'hub_leads') === 1;

/** A vendor comes whose unit and VAT code nobody has mapped: all its rows wait until an admin has, and go in by themselves then. */
export const unmappedCodes: Incident = {
  name: 'unmapped',
  title: 'a wave of unmapped codes',
  // Ops are told of rows that wait by Prometheus (ParkedRowsGrow, after an hour), not by the hub; and they are no fault of a process.
  promises: ['metrics', 'over', 'well'],
  async play(scene) {
    const { world } = scene;
    const { items } = world.options;
    scene.begin(`a vendor with ${items} articles comes, whose codes nobody has mapped`);
    const vendorId = await world.newcomer();
    const inbox = () => world.admin.unmapped(vendorId);
    await scene.holds(
      `the inbox of unmapped codes has its unit and its VAT code, for ${items} articles each`,
      async () => {
        const codes = await inbox();
        return codes.length === 2 && codes.every(({ parkedRows }) => parkedRows === items);
      },
      COUNTED_WITHIN_MS,
    );
    await scene.holds('the shop sees none of its articles', async () => (await world.admin.countRows('items', vendorId)) === 0);
    await scene.sees(
      'metrics',
      `sync_parked_rows{entity="items"} is ${items} on the leader`,
      (seen) => seen.some((each) => leads(each) && parked(each) >= items),
      COUNTED_WITHIN_MS,
    );
    for (const { mappingType, erpCode } of await inbox()) await world.admin.map(vendorId, mappingType, erpCode);
    scene.over('an admin maps both codes');
    await scene.holds(`the shop sees all ${items} articles and their stock`, async () => {
      return (await world.admin.countRows('items', vendorId)) === items && (await world.admin.countRows('stock', vendorId)) === items;
    });
    await scene.delivered(await scene.place(ORDERS, [vendorId]));
    await scene.well('sync_parked_rows is 0 again', (seen) => seen.some((each) => leads(each) && parked(each) === 0), COUNTED_WITHIN_MS);
  },
};
