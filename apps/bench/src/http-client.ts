import { Agent, request } from 'node:http';

/** Keep-alive connections, one a client. */
export class BenchClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly baseUrl: string,
    private readonly headers: Record<string, string>,
  ) {}

  /** POSTs a body that is serialised already; gives the reply's text, and fails on any other status. */
  post(path: string, body: Buffer, status = 200): Promise<string> {
    return this.send('POST', path, status, body);
  }

  /** GETs; the same. */
  get(path: string, status = 200): Promise<string> {
    return this.send('GET', path, status);
  }

  private send(method: string, path: string, status: number, body?: Buffer): Promise<string> {
    const about = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const sent = request(this.baseUrl + path, { method, agent: this.agent, headers: { ...this.headers, ...about } }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (reply.statusCode === status) resolve(text);
          else reject(new Error(`${path} gave ${reply.statusCode}: ${text.slice(0, 300)}`));
        });
        reply.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Runs the work pieces with `width` workers, each taking the next; gives the seconds it took. */
export async function inParallel<T>(
  pieces: readonly T[],
  width: number,
  work: (piece: T, worker: number) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async (_, worker) => {
      for (let i = next++; i < pieces.length; i = next++) await work(pieces[i] as T, worker);
    }),
  );
  return (performance.now() - start) / 1000;
}
