import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HubRefusal, PublicHub } from './public-hub';

let server: Server;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
const close = () => {
  server.close();
  server.closeAllConnections();
};
afterEach(close);

it('gives up a hub that stays away, and not one that only says to wait', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const hub = new PublicHub(url, { signal, awayMs: 10 });
  server.on('request', (_request, response) => response.writeHead(503).end());
  await expect(hub.orders('key', 'v1')).rejects.toThrow(
    new HubRefusal('GET /api/orders?vendorId=v1&page=1&limit=100 was not answered within 0 s: 503'),
  );
  let refusals = 2;
  server.removeAllListeners('request').on('request', (_request, response) => {
    if (refusals-- > 0) response.writeHead(429, { 'retry-after': '0.05' }).end();
    else response.end(JSON.stringify({ data: [] }));
  });
  await expect(hub.orders('key', 'v1')).resolves.toEqual([]);
  close();
  await expect(hub.orders('key', 'v1')).rejects.toThrow('no connection');
});
