import { connect, type Socket } from 'node:net';

/** A request as it goes over the wire, made once and sent often. */
export function wireRequest(method: string, path: string, headers: Record<string, string>, body = ''): Buffer {
  const all = { Host: '127.0.0.1', ...headers, ...(body === '' ? {} : { 'Content-Type': 'application/json' }) };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** One kept-alive connection that costs the bench little, so that what is measured is the server. */
export class SocketClient {
  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').setNoDelay();
  }

  static open(baseUrl: string): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1', () => resolve(new SocketClient(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends and waits for the whole reply, of which it gives the status and the body; replies must have a length. */
  exchange(request: Buffer): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      let received = '';
      const onData = (chunk: string) => {
        received += chunk;
        const headEnd = received.indexOf('\r\n\r\n');
        if (headEnd === -1) return;
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
        if (received.length < headEnd + 4 + length) return;
        settle();
        resolve({ status: Number(received.slice(9, 12)), body: received.slice(headEnd + 4) });
      };
      const onClose = () => {
        settle();
        reject(new Error('the server closed the connection'));
      };
      const settle = () => void this.socket.off('data', onData).off('close', onClose);
      this.socket.on('data', onData).once('close', onClose);
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
