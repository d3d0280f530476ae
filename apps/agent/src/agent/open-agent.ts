import path from 'node:path';
import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubClock } from '@erp-sync-hub/agent-sdk/clock/hub-clock';
import type { ReadConfig } from '../config/read-config';
import { readSecrets, secretsFileOf, type AgentSecrets } from '../config/secrets';
import type { Connector } from '../connectors/connector';
import { openConnector } from '../connectors/open-connector';
import { openAgentDatabase, type AgentDatabase } from '../state/agent-database';
import { Cursors } from '../state/cursors';
import { Meta } from '../state/meta';
import { SourceRows } from '../state/source-rows';
import type { PushEverythingParts } from '../sync/push-everything';
import { RowClock } from '../sync/row-clock';

/** All that a command works with. */
export interface OpenAgent extends PushEverythingParts {
  client: HubClient;
  connector: Connector;
  hubClock: HubClock;
  database: AgentDatabase;
  meta: Meta;
  secrets: AgentSecrets;
  close(): Promise<void>;
}

export function stateFileOf({ config, folder }: ReadConfig): string {
  return path.resolve(folder, config.state);
}

/** A client with these secrets. */
export function hubClientOf({ config }: ReadConfig, { token }: Pick<AgentSecrets, 'token'>, clock = new HubClock()): HubClient {
  const credentials = () => ({ vendorId: config.vendorId, token });
  return new HubClient({ baseUrl: config.hub.url, credentials, clock });
}

/** @throws SecretsError, SourceError, errors of the connector's configuration */
export async function openAgent(read: ReadConfig): Promise<OpenAgent> {
  const secrets = await readSecrets(secretsFileOf(read.folder), process.env);
  const connector = openConnector(read.config.source, read.folder);
  const database = openAgentDatabase(stateFileOf(read));
  const meta = new Meta(database);
  const hubClock = new HubClock();
  return {
    client: hubClientOf(read, secrets, hubClock),
    connector,
    hubClock,
    database,
    meta,
    secrets,
    source: new SourceRows(database),
    cursors: new Cursors(database),
    clock: new RowClock(meta, () => hubClock.now()),
    close: async () => {
      await connector.close();
      database.close();
    },
  };
}
