import { valueOf } from '../observe/read-metrics';
import type { Seen } from '../observe/watch-processes';
import type { Incident } from './incident';

const held = (seen: readonly Seen[]) =>
  seen.reduce(
    (sum, { metrics }) => sum + (valueOf(metrics, 'sync_snapshot_commits_total', { entity: 'items', outcome: 'too_many_deletes' }) ?? 0),
    0,
  );

/** A vendor's export comes out empty, and its agent sends everything it has: nothing. The hub holds it, and deletes nothing. */
export const emptyCatalogue: Incident = {
  name: 'empty',
  title: 'an empty catalogue',
  promises: ['metrics', 'told', 'over', 'well', 'cleared'],
  async play(scene) {
    const { files, admin } = scene.world;
    const { vendorId, items } = files;
    const isIt = (call: { vendorId: string | null }) => call.vendorId === vendorId;
    const allThere = async () => (await admin.countRows('items', vendorId)) === items;
    scene.begin(`the export of ${vendorId} comes out empty; erp-agent push --full`);
    files.empty();
    const pushed = await files.pushEverything();
    if (!pushed.output.includes('the hub has deleted nothing'))
      throw new Error(`erp-agent did not say that nothing was deleted: ${pushed.output}`);
    scene.note(`erp-agent says that the hub has deleted nothing, and gives ${pushed.code}`);
    await Promise.all([
      scene.sees('metrics', 'sync_snapshot_commits_total counts one as too_many_deletes', (seen) => held(seen) > 0),
      scene.holds(
        `all ${items} articles are there; a snapshot waits for an admin`,
        async () => (await allThere()) && (await admin.heldSnapshots(vendorId)) === 1,
      ),
      scene.told('held_too_many_deletes', isIt),
    ]);
    files.restore();
    const again = await files.pushEverything();
    if (again.code !== 0) throw new Error(`erp-agent push --full gave ${again.code}: ${again.output}`);
    scene.over('the export is complete again; erp-agent push --full');
    await scene.holds(
      'no snapshot waits any more: the complete one took its place',
      async () => (await admin.heldSnapshots(vendorId)) === 0,
    );
    await scene.holds(`all ${items} articles are there`, allThere);
    await scene.well('every process is well');
    await scene.cleared('held_too_many_deletes', isIt);
  },
};
