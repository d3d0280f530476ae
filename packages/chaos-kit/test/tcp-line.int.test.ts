import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TcpLine } from '../src/installation/tcp-line';

let server: Server;
let line: TcpLine;
let served = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    served += 1;
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  line = await TcpLine.to(() => (server.address() as AddressInfo).port);
});
afterAll(async () => {
  await line.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  served = 0;
});
afterEach(() => line.set({ kind: 'open' }));

const ask = async (limitMs = 5_000) =>
  (await fetch(line.url, { signal: AbortSignal.timeout(limitMs), headers: { connection: 'close' } })).text();

describe('TcpLine', () => {
  it('carries what is said, both ways', async () => {
    expect(await ask()).toBe('hello');
  });

  it('refuses connections while it is cut, and carries again afterwards', async () => {
    await line.set({ kind: 'cut' });
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await line.set({ kind: 'open' });
    expect(await ask()).toBe('hello');
  });

  it('swallows everything as a black hole: the far side hears nothing, and the near side no answer', async () => {
    await line.set({ kind: 'blackhole' });
    await expect(ask(300)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(served).toBe(0);
  });

  it('loses the reply of a call that was served', async () => {
    await line.set({ kind: 'lose_replies' });
    await expect(ask()).rejects.toMatchObject({ cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) as string } });
    expect(served).toBe(1);
  });

  it('takes its time, each way', async () => {
    await line.set({ kind: 'delay', ms: 200 });
    const start = performance.now();
    expect(await ask()).toBe('hello');
    expect(performance.now() - start).toBeGreaterThanOrEqual(390);
  });
});
