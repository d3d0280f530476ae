import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { AgentSelf, HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { ReadConfig } from '../config/read-config';
import { readSecrets, secretsFileOf, SecretsError, type AgentSecrets } from '../config/secrets';
import { SourceError, type Connector } from '../connectors/connector';
import { hubClientOf, stateFileOf } from '../agent/open-agent';
import { explainHubError } from './explain-hub-error';
import { driftFindings, readRoots, rootsIn } from './examine-drift';
import { bad, good, warning, type Finding } from './finding';

/** A clock that is off by more is worth a word: rows more than 5 minutes ahead are refused. */
const CLOCK_WARNING_MS = 30_000;

/** Looks at everything that an agent needs, and says what to do about what is wrong. Gives each finding as soon as it has it. */
export async function* examine(read: ReadConfig, open: () => Connector, signal: AbortSignal): AsyncGenerator<Finding> {
  yield good('configuration', read.file);
  yield folderFinding(read);
  yield* examineSource(open, signal);
  const secrets = await readSecrets(secretsFileOf(read.folder), process.env).catch((error: unknown) => {
    if (error instanceof SecretsError) return error;
    throw error;
  });
  if (secrets instanceof SecretsError) yield bad('credentials', 'cannot be used', secrets.message);
  else yield* examineHub(read, secrets, signal);
}

function folderFinding(read: ReadConfig): Finding {
  const folder = path.dirname(stateFileOf(read));
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
    return good('state', stateFileOf(read));
  } catch {
    return bad('state', `${folder} cannot be written`, 'Let the user that runs the agent write to this folder, or change `state`.');
  }
}

async function* examineSource(open: () => Connector, signal: AbortSignal): AsyncGenerator<Finding> {
  let connector: Connector | undefined;
  try {
    connector = open();
    const problems = await connector.check(signal);
    for (const problem of problems) yield bad('source', 'cannot be used as it is', problem);
    if (problems.length === 0) yield good('source', `can be read: ${connector.entities.join(', ')}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    yield bad('source', error instanceof SourceError ? 'cannot be used now' : 'is not configured as it should be', error.message);
  } finally {
    await connector?.close();
  }
}

async function* examineHub(read: ReadConfig, secrets: AgentSecrets, signal: AbortSignal): AsyncGenerator<Finding> {
  const client = hubClientOf(read, secrets);
  const { url } = read.config.hub;
  try {
    // A long rest between tries is for a service, not for somebody who waits for an answer.
    const roots = readRoots(read);
    const said = { digests: rootsIn(roots) };
    const { clockSkewMs = 0, drift } = await client.heartbeat(said, { signal, retry: { attempts: 1 }, timeoutMs: 10_000 });
    yield good('network', `${url} answers`);
    yield good('credentials', 'the hub knows this agent');
    yield clockFinding(clockSkewMs);
    yield* driftFindings(roots, drift);
    yield* mappingFindings(await client.me({ signal }), read);
    yield await modeFinding(client, read, signal);
  } catch (error) {
    const { detail, todo } = explainHubError(error, url);
    yield bad('hub', detail, todo);
  }
}

function clockFinding(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < CLOCK_WARNING_MS) return good('clock', `right to ${Math.max(1, seconds)} s`);
  const detail = `${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}`;
  return warning('clock', detail, 'Let the machine set its clock over the network (NTP). Until then the agent goes by the hub’s time.');
}

function* mappingFindings({ missingMappings, parkedRows, status, enabled }: AgentSelf, { config }: ReadConfig): Generator<Finding> {
  yield good('agent', `${config.vendorId} is ${status}${enabled ? '' : ', and disabled'}`);
  for (const { mappingType, erpCode, parkedRows: rows } of missingMappings.slice(0, 20)) {
    const detail = `the hub has none for the ${mappingType} code "${erpCode}": ${rows === 1 ? '1 row waits' : `${rows} rows wait`}`;
    yield warning('mapping', detail, 'Ask the hub’s operator to map it. The rows go in by themselves then.');
  }
  for (const { entity, reason, count } of parkedRows.filter((each) => !each.reason.startsWith('unmapped_'))) {
    yield warning(
      'parked',
      `${count === 1 ? '1 row' : `${count} rows`} of ${entity} waiting (${reason})`,
      'They go in by themselves when what they refer to arrives.',
    );
  }
}

async function modeFinding(client: HubClient, { config }: ReadConfig, signal: AbortSignal): Promise<Finding> {
  if (!config.orders.enabled) return warning('orders', 'this agent takes none', 'Set `orders.enabled: true` if it should.');
  const { mode } = await client.me({ signal });
  const wanted = config.orders.listen === undefined ? 'pull' : 'push';
  if (mode === wanted) return good('orders', mode === 'pull' ? 'fetched by polling: no open port is needed' : 'the hub calls this agent');
  return bad(
    'orders',
    `the hub has this agent as ${mode}, the configuration says ${wanted}`,
    'Start `erp-agent run` once: it tells the hub.',
  );
}
