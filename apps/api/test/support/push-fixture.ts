import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { AgentCall, AgentEndpoint } from '../../src/modules/sync/agents/transport/agent-transport';

/** The far side of the wire: a server on a free port that knows its connections. */
export interface FarSide {
  port: number;
  url: string;
  /** Of all connections so far, closed ones included. */
  sockets: Socket[];
  /** Text that arrived on any of them, when the server reads raw. */
  received(): string;
  close(): Promise<void>;
}

const open = new Set<FarSide>();

/** Starts a server on loopback; {@link closeFarSides} ends it. */
export async function listen(server: Server, scheme = 'http'): Promise<FarSide> {
  const sockets: Socket[] = [];
  let text = '';
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (!('maxHeadersCount' in server)) socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const side: FarSide = {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    sockets,
    received: () => text,
    close: async () => {
      open.delete(side);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  open.add(side);
  return side;
}

/** An agent that speaks HTTP. */
export function httpAgent(listener: RequestListener): Promise<FarSide> {
  return listen(createHttp(listener));
}

/** An agent that may do anything with a connection. */
export function rawAgent(onConnection: (socket: Socket) => void, pauseOnConnect = false): Promise<FarSide> {
  return listen(createServer({ pauseOnConnect }, onConnection));
}

export async function closeFarSides(): Promise<void> {
  await Promise.all([...open].map((side) => side.close()));
}

export function endpointOf(agentUrl: string, more: Partial<AgentEndpoint> = {}): AgentEndpoint {
  return { vendorId: 'vendor-1', mode: 'push', agentUrl, secretVersion: 3, signWithPrevious: false, ...more };
}

export function callWithin(ms: number, more: Partial<AgentCall> = {}): AgentCall {
  const deadlineAt = new Date(Date.now() + ms);
  return { path: '/sync/order-status', body: { jobId: 'j-1' }, correlationId: 'c-1', deadlineAt, ...more };
}
