import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One post that an agent made. */
export interface Post {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** The far side of the wire here: takes what agents post, and answers what the test says. */
export interface ListeningHub {
  url: string;
  posts: Post[];
  callbacks(): Record<string, unknown>[];
  /** The status of the next answers, one each; 200 when there are no more. */
  statuses: number[];
  stop(): Promise<void>;
}

export async function startListeningHub(): Promise<ListeningHub> {
  const posts: Post[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      posts.push({ path: request.url ?? '', headers: request.headers, body: body as Record<string, unknown> });
      const said = replyTo(request.url ?? '', body as Record<string, unknown>);
      response.writeHead(statuses.shift() ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    statuses,
    callbacks: () => posts.filter(({ path }) => path === '/api/agents/callback').map(({ body }) => body),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function replyTo(path: string, { jobId, status }: Record<string, unknown>): object {
  if (path === '/api/agents/callback') return { jobId, status };
  return { status: 'online', serverTime: new Date().toISOString(), drift: {} };
}
