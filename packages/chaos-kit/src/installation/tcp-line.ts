import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@repo/dev-stack/ports';

/** What a line does with what goes over it. */
export type LineMode =
  | { kind: 'open' }
  /** Connections are cut, and new ones refused. */
  | { kind: 'cut' }
  /** Connections stay and are taken, and nothing goes through. */
  | { kind: 'blackhole' }
  /** Everything takes so much longer, each way. */
  | { kind: 'delay'; ms: number }
  /** Calls go through; at the first byte of the reply the connection is cut. */
  | { kind: 'lose_replies' };

/** A TCP line to a port of 127.0.0.1 that can be broken in several ways. */
export class TcpLine {
  private server: Server | undefined;
  private mode: LineMode = { kind: 'open' };
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly targetPort: () => number,
  ) {}

  /** `targetPort` is asked at each connection. */
  static async to(targetPort: () => number): Promise<TcpLine> {
    const line = new TcpLine(await freePort(), targetPort);
    await line.listen();
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async set(mode: LineMode): Promise<void> {
    const before = this.mode;
    this.mode = mode;
    if (mode.kind === 'cut') await this.close();
    else if (this.server === undefined) await this.listen();
    // What was swallowed cannot be made up for: such a connection is of no use any more.
    if (before.kind === 'blackhole' && mode.kind !== 'blackhole') this.cutConnections();
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.cutConnections();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  private async listen(): Promise<void> {
    const server = createServer((caller) => this.carry(caller));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
  }

  private carry(caller: Socket): void {
    const callee = connect(this.targetPort(), '127.0.0.1');
    for (const socket of [caller, callee]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      // Whatever it was, its end follows, and that is passed on.
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    }
    this.forward(caller, callee, false);
    this.forward(callee, caller, true);
  }

  /** Bytes keep their order, whatever the mode was when they came. Nothing here is large enough to need back pressure. */
  private forward(from: Socket, to: Socket, isReply: boolean): void {
    let before = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const { mode } = this;
      if (mode.kind === 'blackhole') return;
      if (mode.kind === 'lose_replies' && isReply) {
        from.destroy();
        return;
      }
      const notBefore = performance.now() + (mode.kind === 'delay' ? mode.ms : 0);
      before = before.then(async () => {
        const wait = notBefore - performance.now();
        if (wait > 0) await sleep(wait);
        if (!to.destroyed) to.write(chunk);
      });
    });
    // After what is still on its way: a call whose caller has given up arrives all the same, and late.
    from.once('close', () => void before.then(() => to.destroySoon()));
  }

  private cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
