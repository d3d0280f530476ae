import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a port of 127.0.0.1 that counts what callers send over it. */
export interface CountingLine {
  url: string;
  /** Bytes that went from callers to the port, headers included, since the line was opened. */
  sentBytes(): number;
  close(): Promise<void>;
}

export async function openCountingLine(targetUrl: string): Promise<CountingLine> {
  let sent = 0;
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const callee = connect(Number(new URL(targetUrl).port), '127.0.0.1');
    for (const [socket, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      // Back pressure goes through: what is measured must not lie in this process.
      socket.pipe(other);
    }
    caller.on('data', (chunk: Buffer) => (sent += chunk.length));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sent,
    async close() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
