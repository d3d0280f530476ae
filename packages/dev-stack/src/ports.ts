import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { DevStackError } from './errors';
import { waitUntil } from './process';

const HOST = '127.0.0.1';

/** Whether a server could listen on the port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port nobody listens on. Below 32768: systems hand out higher ones to outgoing connections, and such a connection
 * could take the port of a server while that server restarts.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (await isPortFree(port)) return port;
  }
  throw new DevStackError('port_in_use', 'No free port between 20000 and 32000 on 127.0.0.1: stop some servers');
}

/** The error for a port that someone else has. */
export function portInUse(port: number): DevStackError {
  return new DevStackError('port_in_use', `Port ${port} on 127.0.0.1 is in use: stop what listens there or choose another port`);
}

/**
 * Runs `launch` with the wanted port, or (0) with a free one, and with another when a program takes that one before the
 * server listens on it.
 */
export async function launchOnPort(wanted: number, launch: (port: number) => Promise<number>): Promise<{ port: number; pid: number }> {
  if (wanted !== 0) return { port: wanted, pid: await launch(wanted) };
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, pid: await launch(port) };
    } catch (error) {
      const taken = error instanceof DevStackError && error.code === 'port_in_use';
      if (!taken || attempt === 5) throw error;
    }
  }
}

/** Waits until something accepts connections on the port; false when nothing did in time. */
export function waitForPort(port: number, { timeoutMs = 30_000, host = HOST } = {}): Promise<boolean> {
  return waitUntil(() => acceptsConnections(port, host), { timeoutMs });
}

function acceptsConnections(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
