import { connect } from 'node:net';
import type { Hub } from '../support/hub';

/** A reply as it came over the socket. */
export interface RawReply {
  /** 0 when the connection ended without any. */
  status: number;
  headers: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  text: string;
}

export interface RawRequest {
  headers?: Record<string, string | readonly string[]>;
  body?: string | Buffer;
}

/** Sends bytes as they are, closes nothing, and reads until the hub closes or the first reply is complete. */
export function sendBytes(hub: Hub, ...parts: readonly (string | Buffer)[]): Promise<RawReply> {
  const { hostname, port } = new URL(hub.baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(readReply(Buffer.concat(chunks).toString('utf8')));
    };
    socket.on('connect', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks))) finish();
    });
    socket.on('close', finish);
    // What has been written to a connection that the hub has closed: the reply may be there all the same.
    socket.on('error', (error: NodeJS.ErrnoException) => (chunks.length > 0 || error.code === 'EPIPE' ? finish() : reject(error)));
  });
}

/** A request that `fetch` would put right: any method, path and header, byte for byte. */
export function sendRaw(hub: Hub, method: string, path: string, { headers = {}, body }: RawRequest = {}): Promise<RawReply> {
  const lines = Object.entries({ host: 'hub', ...headers }).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${name}: ${each}`),
  );
  if (body !== undefined && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    lines.push(`content-length: ${Buffer.byteLength(body)}`);
  }
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return sendBytes(hub, head, ...(body === undefined ? [] : [body]));
}

function isComplete(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = bytes.subarray(0, end).toString('latin1');
  if (/^HTTP\/1\.1 1\d\d/.test(head)) return false;
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  return length !== undefined && bytes.length >= end + 4 + Number(length);
}

function readReply(text: string): RawReply {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = rest.join('\r\n\r\n');
  const json = headers['content-type']?.includes('json') === true && body !== '';
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: json ? JSON.parse(body) : body, text };
}
