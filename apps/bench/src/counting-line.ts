import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a port of 127.0.0.1 that counts what callers send over it. */
export interface CountingLine {
  url: string;
  /** Bytes that went from callers to the port, headers included, since the line was opened. */
  sentBytes(): number;
  /** When each request set out (`performance.now()`), as far as they begin with a chunk of their own. */
  requests: number[];
  /** Connections break, and new ones are refused until `mend`. */
  cut(this: void): Promise<void>;
  mend(this: void): Promise<void>;
  close(): Promise<void>;
}

const REQUEST = /^(?:POST|GET) /;

export async function openCountingLine(targetUrl: string): Promise<CountingLine> {
  let sent = 0;
  const requests: number[] = [];
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
    caller.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (REQUEST.test(chunk.toString('latin1', 0, 5))) requests.push(performance.now());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${port}`,
    sentBytes: () => sent,
    requests,
    cut,
    async mend() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: cut,
  };
}
