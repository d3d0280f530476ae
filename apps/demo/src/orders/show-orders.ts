import { checkLedger } from '@repo/stand-in-erp/check-ledger';
import type { StandInErp } from '@repo/stand-in-erp/start';
import type { Ending } from '@repo/terminal/ending';
import { DemoFailure, expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import type { PushedVendor } from '../push-catalogue';
import { duration, plural } from '@repo/terminal/numbers';
import type { Terminal } from '@repo/terminal/terminal';
import { chooseOrders } from './choose-orders';
import { rulesFor, type Fate } from './fates';
import type { OrderToPlace } from './make-orders';
import { placeOrders, type PlacedOrder } from './place-orders';
import { readFacts } from './read-facts';
import { retryByHand } from './retry-by-hand';
import { spreadFates } from './spread-fates';
import { faultsOfFates, fatesTable, tellFates } from './tell-fates';
import { progressText, untilSettled } from './watch-orders';

const CALLBACKS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

export interface OrdersProps {
  hub: HubClient;
  /** The header of an operator. */
  admin: Record<string, string>;
  erp: StandInErp;
  vendors: readonly PushedVendor[];
  /** Where real orders may be. */
  folder: string | null;
  terminal: Terminal;
  ending: Ending;
}

type FatedOrder = OrderToPlace & { fate: Fate };

/**
 * Takes orders to an ERP that answers late, wrongly, twice or not at all, and is not idempotent itself; checks that it has each
 * of them exactly once in the end. Gives the lines of its table; none when there was nothing to order.
 */
export async function showOrders(props: OrdersProps): Promise<string[]> {
  const { hub, admin, erp, vendors, folder, terminal, ending } = props;
  const { source, list } = await chooseOrders(folder, vendors);
  if (list.length === 0) return [];
  terminal.heading(`Orders: ${list.length}, ${source}`);
  const fates = spreadFates(list.length);
  const orders = list.map((order, place): FatedOrder => ({ ...order, fate: fates[place] as Fate }));
  for (const { session } of vendors) await connect(session, orders, props);

  const { placed, repeated } = await terminal.step(
    'Orders placed',
    (note) => placeOrders(hub, admin, orders, (many) => note(`${many} of ${orders.length}`)),
    (placing) => `${plural(placing.placed.length, 'order')}; ${placing.repeated} sent twice, there once`,
  );
  const refused = placed.filter(({ fate }) => fate.name === 'refused');
  const settle = (label: string, failed: number) =>
    terminal.step(
      label,
      (note) => untilSettled(hub, admin, { confirmed: placed.length - failed, failed }, ending, (progress) => note(progressText(progress))),
      () => `${plural(placed.length - failed, 'order')} confirmed${failed === 0 ? '' : `, ${failed} refused for good`}`,
    );
  await settle('Delivered', refused.length);
  const mended = () => mend(erp, vendors, orders);
  const retried = await retryByHand(hub, admin, refused, mended, terminal);
  await settle('Mended, and retried by hand', 0);

  const callbacks = await untilCalledBack(placed, props);
  const summary = `${repeated} placed twice; ${plural(callbacks, 'callback')}; ${plural(retried, 'dead letter')} retried by hand`;
  return [...(await compare(placed, props)), `Each order is exactly once in its ERP, which is not idempotent. ${summary}.`];
}

/** Gives the vendor its place in the ERP, with what shall happen to its orders, and lets the hub call it there. */
async function connect(session: PushedVendor['session'], orders: readonly FatedOrder[], { erp, terminal }: OrdersProps): Promise<void> {
  const { vendorId, secrets } = session;
  const plan = rulesFor(orders.filter((order) => order.vendorId === vendorId));
  await terminal.step(
    'Agent takes calls',
    async () => {
      const { agentUrl } = await erp.addVendor({ vendorId, ...secrets, plan });
      await session.takeCallsAt(agentUrl);
      return agentUrl;
    },
    (agentUrl) => agentUrl,
  );
}

/** Ends all that happens to every telling of an order. */
async function mend(erp: StandInErp, vendors: readonly PushedVendor[], orders: readonly FatedOrder[]): Promise<void> {
  for (const { session } of vendors) {
    const own = orders.filter(({ vendorId, fate }) => vendorId === session.vendorId && fate.fault?.on !== 'every');
    await erp.setPlan(session.vendorId, rulesFor(own));
  }
}

/** The last of several callbacks may come after the order is confirmed. */
async function untilCalledBack(placed: readonly PlacedOrder[], { erp, ending }: OrdersProps): Promise<number> {
  const promised = placed.reduce((sum, { fate }) => sum + fate.least.callbacks, 0);
  const deadline = performance.now() + CALLBACKS_WITHIN_MS;
  for (;;) {
    const { callbacks } = await erp.counters();
    if (callbacks.taken >= promised) return callbacks.taken;
    expectThat(performance.now() < deadline, `the hub takes ${promised} callbacks within ${duration(CALLBACKS_WITHIN_MS)}`, callbacks);
    await ending.pause(LOOK_EVERY_MS);
  }
}

/** Compares what the ERP has with what the hub says, order by order, and gives the table of it. */
async function compare(placed: readonly PlacedOrder[], { hub, admin, erp }: OrdersProps): Promise<string[]> {
  const facts = await readFacts(hub, admin);
  const [ledger, strayCancels, calls] = [await erp.ledger(), await erp.strayCancels(), await erp.calls()];
  const breach = calls.find(({ fault }) => fault === 'broke_contract' || fault === 'refused_credentials');
  expectThat(breach === undefined, 'every call to an agent is signed and keeps to the contract', breach);
  const totals = tellFates(placed, calls, ledger, facts);
  const [fault, ...more] = [...checkLedger({ ledger, strayCancels, ...facts }), ...faultsOfFates(totals)];
  if (fault !== undefined) throw new DemoFailure(`Not as promised: ${fault}${more.length === 0 ? '' : ` (and ${more.length} more)`}`);
  return fatesTable(totals);
}
