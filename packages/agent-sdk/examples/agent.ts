import * as sdk from '@erp-sync-hub/agent-sdk';

export interface AgentOptions {
  hubUrl: string;
  /** From registration: `client.register(…)`, once. */
  credentials: sdk.Credentials;
  secrets: sdk.OutboundSecrets;
  /** Where orders are remembered; on a disk that is backed up. */
  ledgerFile: string;
  erp: sdk.ErpOrders;
  items: readonly sdk.Row[];
}

/** An agent behind a firewall: sends its items, takes orders by polling, and lets the hub compare what both hold. */
export async function startAgent({ hubUrl, credentials, secrets, ledgerFile, erp, items }: AgentOptions) {
  const onError = (error: unknown) => process.stderr.write(`${String(error)}\n`);
  const client = new sdk.HubClient({ baseUrl: hubUrl, credentials: () => credentials });
  const { clock } = client;

  const ledger = await sdk.FileLedger.open(ledgerFile);
  const orders = new sdk.ExactlyOnceOrders({ ledger, erp, client, onError });
  const store = new sdk.MemoryStore();
  for (const row of items) store.put('items', row);

  const handler = sdk.joinHandlers(orders, sdk.answerReconciliation(store));
  const answerer = new sdk.CallAnswerer({ handler, secrets: () => [secrets], clock, onTrouble: ({ error }) => onError(error) });
  const loop = new sdk.PollLoop({ client, answerer, clock, onError });
  const say = () => ({ version: '1.0.0', digests: { items: store.root('items') } });
  const heartbeats = new sdk.Heartbeats({ client, say, onError });

  // The hub's time comes first: deadlines and signatures are judged by it.
  await heartbeats.start();
  orders.start();
  loop.start();
  await sdk.pushRows(client, 'items', items, { size: 'incremental', onVerdicts: ({ verdicts }) => verdicts.forEach(onError) });

  return async function stop(): Promise<void> {
    await loop.stop({ withinMs: 5_000 });
    await orders.stop({ withinMs: 3_000 });
    await heartbeats.stop();
    await ledger.close();
  };
}
