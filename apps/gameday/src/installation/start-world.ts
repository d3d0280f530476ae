import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Installation } from '@repo/chaos-kit/installation/installation';
import { TcpLine } from '@repo/chaos-kit/installation/tcp-line';
import { HubClient } from '@repo/chaos-kit/load/hub-client';
import { SeededRandom } from '@repo/chaos-kit/random';
import type { GamedayOptions } from '../arguments';
import { AlertReceiver } from '../observe/alert-receiver';
import { awaitThat } from '../observe/await-that';
import { ProcessWatch } from '../observe/watch-processes';
import type { Timeline } from '../timeline/timeline';
import { AdminDesk } from './admin-desk';
import { FileVendor } from './file-vendor';
import { hubSettings, makeSecrets } from './hub-settings';
import { OrderDesk } from './order-desk';
import { Simulator, type SimulatorOptions } from './simulator';
import type { World } from './world';

const FLEET = { api: 2, worker: 2, scheduler: 2 };
const LOADED_WITHIN_MS = 600_000;
/** Incidents take minutes; simulators are told to end when they are through. */
const LONGEST_S = 7_200;

export interface Beginning {
  options: GamedayOptions;
  /** Where logs and files of vendors go. */
  folder: string;
  timeline: Timeline;
  signal: AbortSignal;
  /** Takes what stops a part, as soon as that part runs. */
  onStop: (stop: () => Promise<void>) => void;
}

/** Starts the hub with its servers, somebody who watches it, and vendors under load; resolves once their first load is in. */
export async function startWorld({ options, folder, timeline, signal, onStop }: Beginning): Promise<World> {
  const secrets = makeSecrets();
  const alerts = await AlertReceiver.start(secrets.webhookSecret, ({ news, kind, detail, at }) =>
    timeline.add('alert', `${news} ${kind}: ${detail}`, at),
  );
  onStop(() => alerts.stop());
  const settings = hubSettings(secrets, alerts.url);
  const installation = await Installation.start({ name: 'gameday', logFolder: folder, fleet: FLEET, erps: 0, settings });
  onStop(() => installation.stop({ keepLogs: true }));
  signal.throwIfAborted();
  timeline.add(
    'hub',
    `the hub is up: ${Object.entries(FLEET)
      .map(([role, n]) => `${n} ${role}`)
      .join(', ')}, PostgreSQL, Redis`,
  );
  const { fleet, pool } = installation;
  const watch = new ProcessWatch(fleet.processes, secrets.metricsToken);
  watch.start();
  onStop(() => watch.stop());

  const ports = fleet.serving.map(({ baseUrl }) => Number(new URL(baseUrl).port));
  let turn = 0;
  const front = await TcpLine.to(() => ports[turn++ % ports.length] ?? 0);
  onStop(() => front.close());
  const line = await TcpLine.to(() => front.port);
  onStop(() => line.close());
  const clientOf = (key: string) =>
    new HubClient(
      fleet.serving.map(({ baseUrl }) => baseUrl),
      key,
    );
  const admin = new AdminDesk(clientOf(installation.secrets.api));
  const desk = new OrderDesk(clientOf(secrets.shopKey), pool, `gd-${Date.now().toString(36)}`);

  const keys = { ERP_SIMULATE_ADMIN_KEY: installation.secrets.api, ERP_SIMULATE_ORDERS_KEY: secrets.shopKey };
  const simulators: Simulator[] = [];
  const simulate = (name: string, vendors: number, load: Partial<SimulatorOptions>) => {
    const forSeconds = options.forSeconds + LONGEST_S;
    const common = { hubUrl: front.url, items: options.items, changeRate: 0, orderRate: 0, transport: 'pull' as const, forSeconds, keys };
    const simulator = new Simulator(folder, { ...common, name, vendors, seed: `${options.seed}-${name}`, ...load });
    simulators.push(simulator);
    simulator.start();
    onStop(() => simulator.kill());
    return simulator;
  };
  const pulling = Math.ceil(options.vendors / 2);
  const share = (vendors: number) => ({
    changeRate: (options.changes * vendors) / options.vendors,
    orderRate: (options.orders * vendors) / options.vendors,
  });
  simulate('pull', pulling, share(pulling));
  const pushing = options.vendors - pulling;
  if (pushing > 0) simulate('push', pushing, { ...share(pushing), transport: 'push' });
  const steady = simulators.flatMap(({ vendorIds }) => vendorIds);
  const [away = ''] = simulate('away', 1, { hubUrl: line.url, changeRate: 1 }).vendorIds;

  const files = new FileVendor(folder, `files-${options.seed}`, front.url);
  onStop(() => files.stop());
  await admin.mapSimulated(files.vendorId);
  await files.start(await admin.enrolmentCode(files.vendorId));
  const loaded = await awaitThat(() => simulators.every((simulator) => simulator.isLoaded()), { limitMs: LOADED_WITHIN_MS, signal });
  if (loaded === undefined) throw new Error(`the first load of the vendors was not in after ${LOADED_WITHIN_MS / 1000} s`);
  timeline.add(
    'hub',
    `${steady.length + 2} vendors have sent everything; ${options.changes} rows change and ${options.orders} orders come a second`,
  );

  return {
    options,
    signal,
    timeline,
    installation,
    watch,
    alerts,
    desk,
    admin,
    files,
    simulators,
    random: new SeededRandom(`${options.seed}/choices`),
    vendorIds: [...steady, files.vendorId],
    away: { vendorId: away, line },
    async newcomer() {
      const name = 'newcomer';
      const codes = path.join(folder, 'codes');
      const vendorId = `sim-${options.seed}-${name}-001`;
      writeFileSync(codes, `${vendorId} ${await admin.enrolmentCode(vendorId)}\n`, { mode: 0o600 });
      simulate(name, 1, { changeRate: 1, keys: { ERP_SIMULATE_ORDERS_KEY: secrets.shopKey }, codes });
      return vendorId;
    },
  };
}
