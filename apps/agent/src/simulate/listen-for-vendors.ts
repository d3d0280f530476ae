import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pushListener } from '@erp-sync-hub/agent-sdk/answer/push-listener';
import type { SimulatedVendor } from './simulated-vendor';

/** One port for all vendors, a path each. */
export interface VendorListener {
  urlOf(this: void, vendorId: string): string;
  close(): Promise<void>;
}

export async function listenForVendors(host: string, vendorOf: (vendorId: string) => SimulatedVendor | undefined): Promise<VendorListener> {
  const server = createServer((request, response) => {
    const vendorId = /^\/([\w.-]+)\//.exec(request.url ?? '')?.[1] ?? '';
    const vendor = vendorOf(vendorId);
    if (vendor === undefined) response.writeHead(503, { 'retry-after': '1' }).end();
    else pushListener({ answerer: vendor.answerer, prefix: `/${vendorId}` })(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (vendorId) => `http://${host}:${port}/${vendorId}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
