import { connect, createServer, type Socket } from 'node:net';

/** The way of one hub to a server, PostgreSQL or Redis, which a test can cut or stop. */
export interface ServerProxy {
  readonly url: string;
  /** Ends all connections and accepts no more. */
  cut(): Promise<void>;
  /** Nothing gets through any more, and nobody is told: as a server that is stopped by SIGSTOP. */
  hang(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a port of its own and hands everything on to the server of this URL. */
export async function startServerProxy(serverUrl: string): Promise<ServerProxy> {
  const target = new URL(serverUrl);
  const ways = new Map<Socket, Socket>();
  let hanging = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ways.set(socket, other);
      if (!hanging) socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        ways.delete(socket);
        other.destroy();
      });
    }
  });
  let port = 0;
  const mend = () => {
    hanging = false;
    for (const [socket, other] of ways) socket.pipe(other);
    if (server.listening) return Promise.resolve();
    return new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port;
        resolve();
      });
    });
  };
  const hang = () => {
    hanging = true;
    for (const [socket, other] of ways) socket.unpipe(other).pause();
  };
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of ways.keys()) socket.destroy();
    });
  await mend();
  const url = new URL(serverUrl);
  url.port = String(port);
  url.hostname = '127.0.0.1';
  return { url: url.toString(), cut, hang, mend, close: () => (server.listening ? cut() : Promise.resolve()) };
}
