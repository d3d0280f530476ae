import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';

/** One call of the hub's, that something is wrong or is over. */
export interface AlertCall {
  news: 'raised' | 'cleared';
  id: string;
  kind: string;
  severity: string;
  vendorId: string | null;
  detail: string;
  /** Of `performance.now()`. */
  at: number;
}

/** Receives what the hub tells of, as anybody's pager does: Standard Webhooks, the signature checked. */
export class AlertReceiver {
  readonly calls: AlertCall[] = [];
  /** Calls whose signature was not right: what was wrong with each. */
  readonly refused: string[] = [];
  private readonly known = new Set<string>();
  private resting = false;

  private constructor(
    private readonly server: Server,
    private readonly secret: string,
    private readonly onCall: (call: AlertCall) => void,
  ) {}

  static async start(secret: string, onCall: (call: AlertCall) => void): Promise<AlertReceiver> {
    const server = createServer();
    const receiver = new AlertReceiver(server, secret, onCall);
    server.on('request', (request, response) => {
      void receiver.take(request).then((status) => response.writeHead(status).end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  /** Those that were raised and are not over. */
  get open(): AlertCall[] {
    const over = new Set(this.calls.filter(({ news }) => news === 'cleared').map(({ id }) => id));
    return this.calls.filter(({ news, id }) => news === 'raised' && !over.has(id));
  }

  /** Whatever is told from now on is taken, and neither kept nor shown. */
  rest(): void {
    this.resting = true;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage): Promise<number> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    const verification = verifyCall(request.headers, body, this.secret, { now: new Date() });
    if (!verification.ok) {
      this.refused.push(verification.fault);
      return 401;
    }
    // A crash between telling and noting tells twice, under the same id.
    const webhookId = String(request.headers['webhook-id']);
    if (this.resting || this.known.has(webhookId)) return 204;
    this.known.add(webhookId);
    const { type, data } = JSON.parse(body) as { type: string; data: Omit<AlertCall, 'news' | 'at'> };
    const { id, kind, severity, vendorId, detail } = data;
    const call: AlertCall = {
      news: type === 'alert.cleared' ? 'cleared' : 'raised',
      id,
      kind,
      severity,
      vendorId,
      detail,
      at: performance.now(),
    };
    this.calls.push(call);
    this.onCall(call);
    return 204;
  }
}
