import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CountedRequest {
  /** `performance.now()` */
  at: number;
  /** The path, with `:id` for what is one, and without its query. */
  path: string;
}

/** A line to a port of 127.0.0.1 that counts what callers send over it. */
export interface CountingLine {
  url: string;
  /** Bytes that went from callers to the port, headers included, since the line was opened. */
  sentBytes(): number;
  /** Requests as they set out, as far as they begin with a chunk of their own. */
  requests: CountedRequest[];
  /** Connections break, and new ones are refused until `mend`. */
  cut(this: void): Promise<void>;
  mend(this: void): Promise<void>;
  close(): Promise<void>;
}

const REQUEST = /^(?:POST|GET|DELETE) (\/[^ ?]*)/;
const ID = /\/[0-9a-f-]{36}(?=\/|$)/g;

export async function openCountingLine(targetUrl: string): Promise<CountingLine> {
  let sent = 0;
  const requests: CountedRequest[] = [];
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
      const path = REQUEST.exec(chunk.toString('latin1', 0, 200))?.[1];
      if (path !== undefined) requests.push({ at: performance.now(), path: path.replace(ID, '/:id') });
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
