import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody, UnreadableBody } from '@erp-sync-hub/agent-sdk/answer/read-body';
import { sendAnswer, text, type Answer } from './answer';
import { tellDefect } from './tell-defect';
import type { Vendor } from './vendor';

const ROUTE = /^\/([^/]+)(\/.*)$/;
const KEEP_ALIVE_MS = 120_000;

/** The port of the ERP; every vendor has the path `/<vendorId>`. Not the SDK's listener: that cuts no connection, and never hangs. */
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
        if (!isAbort(error)) tellDefect(error);
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
    await sendAnswer(response, await this.answer(request));
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const [, vendorId = '', path = ''] = ROUTE.exec(request.url ?? '') ?? [];
    const vendor = this.vendorOf(decodeURIComponent(vendorId));
    if (vendor === undefined) return text(404, 'not found');
    if (request.method !== 'POST') return text(405, 'POST only');
    try {
      return await vendor.answer({ path, headers: request.headers, body: await readBody(request) });
    } catch (error) {
      if (error instanceof UnreadableBody) return text(error.status, error.message);
      throw error;
    }
  }
}

function isAbort(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE';
}
