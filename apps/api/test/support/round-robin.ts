import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A balancer before several instances: each request goes to the next one, whoever sent it. */
export interface RoundRobin {
  readonly url: string;
  /** How many requests each instance got. */
  readonly served: readonly number[];
  close(): Promise<void>;
}

export async function startRoundRobin(instances: readonly string[]): Promise<RoundRobin> {
  const served = instances.map(() => 0);
  let turn = 0;
  const server = createServer((near: IncomingMessage, reply: ServerResponse) => {
    const index = turn++ % instances.length;
    served[index] = (served[index] ?? 0) + 1;
    const { method, headers, url = '/' } = near;
    const far = forward(new URL(url, instances[index]), { method, headers: { ...headers, 'x-forwarded-for': '127.0.0.1' } }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, ofTheReply(answer.headers));
      answer.pipe(reply);
    });
    const giveUp = () => void (reply.headersSent ? reply.destroy() : reply.writeHead(502).end());
    far.on('error', giveUp);
    reply.on('close', () => far.destroy());
    near.pipe(far);
  });
  // Closed by who asks: one that is closed here just when it is used again looks like a hub that died.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Without what an instance says about its connection to the balancer: how long that one stays open says nothing of ours. */
function ofTheReply(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const reply = { ...headers };
  delete reply.connection;
  delete reply['keep-alive'];
  return reply;
}
