import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import type { Ending } from '@repo/terminal/ending';
import { showAgent } from './agent/show-agent';
import { showAgentOnData } from './agent/show-agent-on-data';
import type { DemoOptions } from './arguments';
import { chooseCatalogues, type Catalogues } from './catalogues';
import { showDoors } from './doors';
import { DemoFailure } from './failures';
import { HubClient } from './hub/hub-client';
import { startHub, type Hub } from './hub/hub-process';
import { showOrders } from './orders/show-orders';
import { compareDigests, pushCatalogue, type PushedVendor } from './push-catalogue';
import { startServers, type Servers } from './servers';
import { showVerdicts } from './showcase/showcase';
import { summaryTable } from './summary';
import { duration } from '@repo/terminal/numbers';
import type { Terminal } from '@repo/terminal/terminal';

/** The demo from servers to the closing table; whatever was started is stopped, however it ends. */
export async function runDemo(options: DemoOptions, terminal: Terminal, ending: Ending): Promise<void> {
  const start = performance.now();
  const catalogues = await chooseCatalogues(options);
  terminal.line(`${terminal.paint.bold('ERP sync hub')}: its main job, with ${catalogues.source}`);
  const stops: (() => Promise<void>)[] = [];
  try {
    terminal.heading('Servers');
    const servers = await terminal.step('PostgreSQL 18 and Redis', startServers, ({ folder }) => folder);
    stops.unshift(servers.stop);
    ending.signal.throwIfAborted();
    // Before the hub, so that it is stopped after it: what the hub has begun then still ends well.
    const erp = await terminal.step(
      'ERP, a stand-in',
      () => startStandInErp({ onUnexpectedEnd: () => ending.request(new DemoFailure('The stand-in ERP ended by itself')) }),
      ({ pid }) => `process ${pid}`,
    );
    stops.unshift(() => erp.stop());
    const hub = await terminal.step(
      'Hub',
      () => startHub(servers, ending),
      ({ url }) => url,
    );
    stops.unshift(hub.stop);
    await erp.setHubs([hub.url]);
    await doMainJob(catalogues, hub, erp, servers, options, terminal, ending, (stop) => void stops.unshift(stop));
    terminal.line();
    if (options.once) terminal.line(`All as promised, in ${duration(performance.now() - start)}.`);
    else await stayUp(`All as promised, in ${duration(performance.now() - start)}. The hub stays up until Ctrl-C.`, terminal, ending);
  } finally {
    if (stops.length > 0) await terminal.step('Stopped', () => stopAll(stops));
  }
}

async function doMainJob(
  catalogues: Catalogues,
  hub: Hub,
  erp: StandInErp,
  servers: Servers,
  options: DemoOptions,
  terminal: Terminal,
  ending: Ending,
  onStop: (stop: () => Promise<void>) => void,
): Promise<void> {
  const client = new HubClient(hub.url, ending.signal, hub.logFile);
  const admin = { 'x-api-key': hub.secrets.apiKey };
  const vendors: PushedVendor[] = [];
  for (const catalogue of catalogues.list) {
    vendors.push(await pushCatalogue(catalogue, catalogues.flawless, client, hub.secrets, terminal));
  }

  const stage = vendors.find(({ samples }) => samples.length > 0);
  // With a barcode there is more to suggest for a code that is not mapped.
  const template = stage?.samples.find(({ barcode }) => barcode) ?? stage?.samples[0];
  if (stage !== undefined && template !== undefined) {
    terminal.heading(`One of each verdict (vendor ${stage.session.vendorId})`);
    await showVerdicts({ hub: client, admin, vendor: stage.session, template, mappings: stage.mappings, terminal, ending });
  } else terminal.line('No item was stored, so there is none to show verdicts with.');

  terminal.heading('Heartbeats with digests: agent and hub hold the same rows');
  for (const { session } of vendors) await compareDigests(session, terminal);

  const delivered = await showOrders({ hub: client, admin, erp, vendors, folder: catalogues.folder, terminal, ending });

  const { forAgent, folder } = catalogues;
  const agentStage = { hub, client, terminal, ending, onStop };
  terminal.heading(
    `The agent \`erp-agent\` in a process of its own, on ${forAgent === null ? 'the CSV files of another vendor' : 'the same files'}`,
  );
  const agentDoors =
    forAgent === null || folder === null ? await showAgent(agentStage) : await showAgentOnData(forAgent, folder, agentStage);

  terminal.heading('What happened');
  for (const line of summaryTable(vendors.flatMap(({ records }) => records))) terminal.line(`  ${line}`);
  if (delivered.length > 0) terminal.line();
  for (const line of delivered) terminal.line(`  ${line}`);

  terminal.heading(options.once ? 'Where it was (without --once it stays up)' : 'Where it is');
  const item = stage && template && { vendorId: stage.session.vendorId, sku: template.sku };
  await showDoors(hub, client, servers, item, terminal);
  terminal.line();
  for (const door of agentDoors) terminal.line(`  ${door}`);
}

async function stayUp(farewell: string, terminal: Terminal, ending: Ending): Promise<void> {
  terminal.line(farewell);
  const reason = await ending.requested();
  terminal.line();
  if (reason instanceof DemoFailure) throw reason;
}

/** Stops one after the other, the later ones also when an earlier one fails. */
async function stopAll(stops: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
