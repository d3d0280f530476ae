import type { PollingFaults } from '../src/polling/polling-faults';
import { newJob } from './support/calls';
import { eventually } from './support/eventually';
import { usePolledErp } from './support/polled-erp';

const polled = usePolledErp();

const addVendor = (faults: PollingFaults) => polled.addVendor({ polling: { faults } });
const mishaps = async () => (await polled.erp.mishaps(polled.vendorId)).map(({ kind, callIds }) => [kind, callIds]);
const repliesTo = (callId: string) => polled.hub.replies.filter((one) => one.callId === callId);

it('sends a reply twice', async () => {
  await addVendor({ replies: [{ fault: { kind: 'twice' } }] });
  const callId = polled.hub.offer('create-order', newJob());
  await eventually('both', () => repliesTo(callId).length === 2);
  expect(repliesTo(callId).map(({ answered }) => answered)).toEqual([204, 204]);
  expect(await polled.ledger()).toHaveLength(1);
  await polled.erp.restart();
  expect(await mishaps()).toEqual([['twice', [callId]]]);
});

it('sends a reply after its deadline', async () => {
  await addVendor({ replies: [{ match: { call: 'create-order', nth: 1 }, fault: { kind: 'late', byMs: 50 } }] });
  const callId = polled.hub.offer('create-order', newJob(), { deadlineMs: 300 });
  await eventually('the reply', () => repliesTo(callId).length === 1);
  expect(repliesTo(callId)).toMatchObject([{ answered: 410 }]);
  expect((await polled.counters()).replies).toMatchObject({ posted: 1, late: 1 });
});

it('lets a later reply overtake an earlier one', async () => {
  await addVendor({ replies: [{ match: { orderNumber: 'SO-1' }, fault: { kind: 'overtaken', withinMs: 10_000 } }] });
  const first = polled.hub.offer('create-order', newJob('SO-1'));
  await eventually('its order', async () => (await polled.ledger()).length === 1);
  const second = polled.hub.offer('create-order', newJob('SO-2'));
  await eventually('both', () => polled.hub.replies.length === 2);
  expect(polled.hub.replies.map(({ callId }) => callId)).toEqual([second, first]);
});

it('does not hold a reply back for ever that nothing overtakes', async () => {
  await addVendor({ replies: [{ fault: { kind: 'overtaken', withinMs: 100 } }] });
  const callId = polled.hub.offer('create-order', newJob());
  await eventually('the reply', () => repliesTo(callId).length === 1);
});

it('cuts the connection of a poll that waits, and polls again', async () => {
  await addVendor({ polls: [{ match: { nth: 1 }, fault: { kind: 'cut_waiting', afterMs: 50 } }] });
  await eventually('another poll', () => polled.hub.polls === 2 && polled.hub.waiting === 1);
  expect((await polled.counters()).polls).toMatchObject({ sent: 2, cut: 1 });
  expect(await mishaps()).toEqual([['cut_waiting', []]]);
  const callId = polled.hub.offer('create-order', newJob());
  await eventually('the reply', () => repliesTo(callId).length === 1);
});

it('loses calls that it has fetched', async () => {
  await addVendor({ polls: [{ match: { nth: 1 }, fault: { kind: 'cut_fetched' } }] });
  await eventually('the poll', () => polled.hub.waiting === 1);
  const lost = polled.hub.offer('create-order', newJob());
  await eventually('another poll', () => polled.hub.polls === 2 && polled.hub.waiting === 1);
  const callId = polled.hub.offer('create-order', newJob());
  await eventually('the reply', () => repliesTo(callId).length === 1);
  expect(repliesTo(lost)).toEqual([]);
  expect(await polled.ledger()).toHaveLength(1);
  expect((await polled.counters()).polls).toMatchObject({ calls: 2, lost: 1 });
  expect(await mishaps()).toEqual([['cut_fetched', [lost]]]);
});
