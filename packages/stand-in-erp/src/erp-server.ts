import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { sendAnswer, text, type Answer } from './answer';
import { callKindOf } from './call-path';
import type { Vendor } from './vendor';

const ROUTE = /^\/([^/]+)(\/.*)$/;
const KEEP_ALIVE_MS = 120_000;

/** The port of the ERP; every vendor has the path `/<vendorId>`. */
export class ErpServer {
  private server: Server | undefined;

  constructor(private readonly vendorOf: (vendorId: string) => Vendor | undefined) {}

  /** Opens the port, any free one with 0, and gives it. */
  async listen(port: number): Promise<number> {
    if (this.server !== undefined) throw new Error('the ERP listens already');
    const server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        // A caller that went away needs no answer; anything else is a defect of the stand-in's and has to be seen.
        if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined);
        if (!isAbort(error)) process.stderr.write(`stand-in ERP: ${error instanceof Error ? error.stack : String(error)}\n`);
      });
    });
    // A connection that is closed just when the hub uses it again would be a fault that no plan asked for.
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Closes the port and cuts every connection. */
  async pauseListening(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    await sendAnswer(response, await this.answer(request, body));
  }

  private async answer(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const [, vendorId = '', path = ''] = ROUTE.exec(request.url ?? '') ?? [];
    const vendor = this.vendorOf(decodeURIComponent(vendorId));
    const call = callKindOf(path);
    if (vendor === undefined || call === undefined) return text(404, 'not found');
    if (request.method !== 'POST') return text(405, 'POST only');
    return vendor.answer(call, request.headers, body);
  }
}

function isAbort(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE';
}
