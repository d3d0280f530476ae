import type { Terminal } from '@repo/terminal/terminal';
import { readConfig } from '../config/read-config';
import { openConnector } from '../connectors/open-connector';
import { examine } from '../doctor/examine';
import { printFinding } from './print-findings';

/** Looks at everything that the agent needs; gives the exit code: 1 when something is bad. */
export async function doctor(configFile: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const read = await readConfig(configFile);
  let isBad = false;
  for await (const finding of examine(read, () => openConnector(read.config.source, read.folder), signal)) {
    printFinding(terminal, finding);
    isBad ||= finding.state === 'bad';
  }
  terminal.line();
  terminal.line(isBad ? 'Something is in the way: see what is marked with ✗.' : 'The agent can work: start it with `erp-agent run`.');
  return isBad ? 1 : 0;
}
