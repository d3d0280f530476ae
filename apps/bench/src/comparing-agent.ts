import { createServer } from 'node:http';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import { MemoryStore } from '@erp-sync-hub/agent-sdk/digest/memory-store';
import type { DigestCall, KeysCall, RowsCall } from '@repo/contracts/agent-protocol/reconciliation-calls';

/** What the parent has done to the set: numbers of items. */
export interface SetChange {
  changed: number[];
  removed: number[];
  added: number[];
}

/** The item of a number, as the bench writes it into the hub by SQL. */
export function benchItem(n: number, version = 1) {
  const contentHash = version === 1 ? `hash-${n}` : `hash-${n}-v${version}`;
  const lastSyncedAt = '2026-01-01T00:00:00Z';
  return { sku: `SKU-${n}`, name: `Item ${n}`, contentHash, lastSyncedAt, erpUnitCode: 'PCE', erpVatCode: 'T1' };
}

/** The far side of `reconciliation`, in a process of its own: rows in memory, calls not checked. Its parent changes the set. */
function main(items: number): void {
  const store = new MemoryStore();
  for (let n = 0; n < items; n++) store.put('items', benchItem(n));
  const { digest, keys, rows } = answerReconciliation(store);
  const context = {} as Parameters<typeof digest>[1];
  const answer = (path: string | undefined, body: unknown): Promise<unknown> => {
    if (path === '/sync/digest') return digest(body as DigestCall, context);
    return path === '/sync/keys' ? keys(body as KeysCall, context) : rows(body as RowsCall, context);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request.url, JSON.parse(Buffer.concat(chunks).toString())).then(
        (said) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said)),
        () => response.writeHead(500).end(),
      );
    });
  });
  let version = 1;
  process.on('message', ({ changed, removed, added }: SetChange) => {
    version++;
    for (const n of removed) store.delete('items', `SKU-${n}`);
    for (const n of [...changed, ...added]) store.put('items', benchItem(n, version));
    process.send?.({ changed: true });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.once('disconnect', () => process.exit(0));
}

if (require.main === module) main(Number(process.argv[2]));
