import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What is sent back for a call, if anything is. */
export type Answer =
  | { kind: 'json'; status: number; body: unknown; headers?: Record<string, string> }
  | { kind: 'text'; status: number; text: string; headers?: Record<string, string> }
  /** So many bytes of one JSON string. */
  | { kind: 'huge'; bytes: number }
  /** The connection is cut. */
  | { kind: 'drop' }
  /** Nothing, ever. */
  | { kind: 'hang' };

const CHUNK = 64 * 1024;

export function json(status: number, body: unknown): Answer {
  return { kind: 'json', status, body };
}

export function text(status: number, said: string, headers?: Record<string, string>): Answer {
  return { kind: 'text', status, text: said, headers };
}

/** Sends an answer; resolves also when the caller goes away before its end. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'hang') return;
  if (answer.kind === 'drop') {
    response.socket?.destroy();
    return;
  }
  if (answer.kind === 'huge') {
    response.writeHead(200, { 'content-type': 'application/json' });
    await pipeline(Readable.from(padding(answer.bytes)), response).catch((error: NodeJS.ErrnoException) => {
      // A caller that has read enough is what such a reply is there to test.
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
    });
    return;
  }
  const type = answer.kind === 'json' ? 'application/json' : 'text/plain';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
  response.end(answer.kind === 'json' ? JSON.stringify(answer.body) : answer.text);
}

/** A JSON string of so many bytes, in pieces. */
export function* padding(bytes: number): Generator<Buffer> {
  yield Buffer.from('"');
  for (let left = bytes - 2; left > 0; left -= CHUNK) yield Buffer.alloc(Math.min(left, CHUNK), 'x');
  yield Buffer.from('"');
}
