import { createServer, type Socket } from 'node:net';

/** A server that says what Redis says to a client that connects, and hangs up when it subscribes. */
export interface FlakyRedis {
  url: string;
  /** How often a client has subscribed. */
  subscriptions(): number;
  stop(): Promise<void>;
}

const INFO = 'redis_version:7.0.0\r\nloading:0\r\nmaxmemory_policy:noeviction\r\n';

export function flakyRedis(): Promise<FlakyRedis> {
  const sockets = new Set<Socket>();
  let subscriptions = 0;
  // Once it has subscribed a client is let in once in a while, so that there is something to subscribe again to.
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      for (const command of commandsOf(chunk.toString())) {
        if (command === 'INFO') socket.write(`$${INFO.length}\r\n${INFO}\r\n`);
        else if (command === 'SUBSCRIBE' && ++subscriptions % 2 === 1) {
          socket.write('*3\r\n$9\r\nsubscribe\r\n$14\r\nhub:invalidate\r\n:1\r\n');
          setTimeout(() => socket.destroy(), 20);
        } else if (command === 'SUBSCRIBE') socket.destroy();
        else socket.write('+OK\r\n');
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `redis://127.0.0.1:${port}`,
        subscriptions: () => subscriptions,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            sockets.forEach((socket) => socket.destroy());
          }),
      });
    });
  });
}

/** The names of the commands in a piece of the protocol: arrays of bulk strings. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/\*\d+\r\n\$\d+\r\n([a-zA-Z]+)\r\n/g)].map(([, name = '']) => name.toUpperCase());
}
