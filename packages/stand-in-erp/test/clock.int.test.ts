import { startStandInErp, type StandInErp } from '../src/start';
import { SECRETS } from './support/call-headers';
import { newJob } from './support/calls';
import { eventually } from './support/eventually';
import { startPolledHub, type PolledHub } from './support/polled-hub';

const HOUR_MS = 3_600_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An agent that polls, and whose clock is that far ahead. */
async function start(clockSkewMs: number, takesHeartbeats = true): Promise<{ hub: PolledHub; erp: StandInErp }> {
  const hub = await startPolledHub({ takesHeartbeats });
  // Not the time of this machine either: whoever takes that for the hub's is wrong, too.
  hub.aheadMs = 10 * HOUR_MS;
  stops.push(() => hub.stop());
  const erp = await startStandInErp({ hubUrls: [hub.url] });
  stops.push(() => erp.stop());
  await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS, transport: 'pull', heartbeatMs: 50, clockSkewMs });
  return { hub, erp };
}
const statusOf = (hub: PolledHub, callId: string) =>
  eventually('the reply', () => hub.replies.find((one) => one.callId === callId)?.status);

it.each([HOUR_MS, -HOUR_MS])(
  'judges deadlines and signatures by the time of the hub when its own clock is off by %i ms',
  async (skewMs) => {
    const { hub, erp } = await start(skewMs);
    await eventually('its answer', async () => (await erp.counters()).heartbeats.answered > 0);
    expect(await statusOf(hub, hub.offer('create-order', newJob()))).toBe(200);
    expect(await statusOf(hub, hub.offer('create-order', newJob(), { deadlineMs: -50 }))).toBe(503);
    expect(await erp.ledger()).toHaveLength(1);
  },
);

it('asks to be called later while it does not know what time it is', async () => {
  const { hub, erp } = await start(HOUR_MS, false);
  expect(await statusOf(hub, hub.offer('create-order', newJob()))).toBe(503);
  expect(hub.replies[0]?.headers).toMatchObject({ 'retry-after': '5' });
  expect(await erp.calls()).toMatchObject([{ fault: 'clock_unknown', signature: 'unchecked' }]);
  expect(await erp.ledger()).toEqual([]);
});
