import type { ControlReply, ControlRequest } from './control';
import { Erp } from './erp';

/** Serves the parent's commands over IPC until the parent is gone. The only argument is the file of the ledger. */
function main(): void {
  const [ledgerFile] = process.argv.slice(2);
  if (ledgerFile === undefined || process.send === undefined) throw new Error('The stand-in ERP is started by startStandInErp');
  const erp = new Erp(ledgerFile);
  // Ctrl-C in a terminal reaches every process of the group: this one ends with its parent, which may still need it.
  process.on('SIGINT', () => undefined);
  // However the parent ends, also by kill -9, its end of the channel is closed then.
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request: ControlRequest) => {
    void obey(erp, request).then((reply) => process.send?.(reply));
  });
}

async function obey(erp: Erp, { id, command, args }: ControlRequest): Promise<ControlReply> {
  try {
    const act = erp[command] as (this: Erp, ...args: unknown[]) => unknown;
    return { id, value: await act.apply(erp, args) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

main();
