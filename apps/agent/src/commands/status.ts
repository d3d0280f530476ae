import { count } from '@repo/terminal/numbers';
import { table } from '@repo/terminal/table';
import type { Terminal } from '@repo/terminal/terminal';
import { ENTITY_LIST } from '@repo/contracts/primitives';
import { hubClientOf, stateFileOf } from '../agent/open-agent';
import { readConfig } from '../config/read-config';
import { readSecrets, secretsFileOf } from '../config/secrets';
import { explainHubError } from '../doctor/explain-hub-error';
import { SqliteLedger } from '../orders/sqlite-ledger';
import { openAgentDatabase } from '../state/agent-database';
import { Cursors } from '../state/cursors';
import { SourceRows } from '../state/source-rows';

const MOST_NOT_TAKEN = 10;

/** What was sent and taken, and what the hub says of this agent. Reads only; works beside a running agent. */
export async function status(configFile: string, terminal: Terminal): Promise<number> {
  const read = await readConfig(configFile);
  const database = openAgentDatabase(stateFileOf(read));
  try {
    const [source, cursors, ledger] = [new SourceRows(database), new Cursors(database), new SqliteLedger(database)];
    const rows = ENTITY_LIST.map((entity) => {
      const { taken, parked, refused, unsent } = source.counts(entity);
      return [entity, count(taken), count(parked), count(refused), count(unsent), cursors.readAt(entity)?.toISOString() ?? 'never'];
    });
    const headings = [
      { heading: 'entity' },
      ...['taken', 'waiting', 'refused', 'to send'].map((heading) => ({ heading, numeric: true })),
      { heading: 'last read' },
    ];
    table(headings, rows).forEach((line) => terminal.line(`  ${line}`));
    for (const entity of ENTITY_LIST) {
      for (const { key, verdict, detail } of source.notTaken(entity, MOST_NOT_TAKEN)) {
        terminal.line(`  ${terminal.paint.yellow('!')} ${entity} ${key.replace('\u001f', ' / ')}: ${verdict}: ${detail ?? ''}`);
      }
    }
    const { accepted, completed, failed } = ledger.counts();
    terminal.line();
    terminal.line(`  orders: ${count(accepted)} under way, ${count(completed)} done, ${count(failed)} failed`);
  } finally {
    database.close();
  }
  return printHub(read, terminal);
}

async function printHub(read: Awaited<ReturnType<typeof readConfig>>, terminal: Terminal): Promise<number> {
  try {
    const me = await hubClientOf(read, await readSecrets(secretsFileOf(read.folder), process.env)).me({ retry: { attempts: 1 } });
    const waiting = me.parkedRows.reduce((sum, { count: rows }) => sum + rows, 0);
    terminal.line(
      `  hub:    ${me.vendorId} is ${me.status} (${me.mode}), ${count(waiting)} rows wait, ${count(me.missingMappings.length)} mappings missing`,
    );
    return 0;
  } catch (error) {
    const { detail, todo } = explainHubError(error, read.config.hub.url);
    terminal.line(`  hub:    ${detail} ${todo}`);
    return 1;
  }
}
