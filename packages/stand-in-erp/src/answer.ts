import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer as GoodAnswer } from '@erp-sync-hub/agent-sdk/answer/answer-call';

/** What no agent should send, and what the SDK therefore cannot. */
export type BadAnswer =
  | { kind: 'text'; status: number; text: string; headers?: Record<string, string> }
  /** So many bytes of one JSON string. */
  | { kind: 'huge'; bytes: number }
  /** The connection is cut. */
  | { kind: 'drop' }
  /** Nothing, ever. */
  | { kind: 'hang' };

/** What is sent back for a call, if anything is: as the SDK answers, or what a fault makes of it. */
export type Answer = GoodAnswer | BadAnswer;

const CHUNK = 64 * 1024;

export function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function text(status: number, said: string, headers?: Record<string, string>): Answer {
  return { kind: 'text', status, text: said, ...(headers === undefined ? {} : { headers }) };
}

/** Sends an answer; resolves also when the caller goes away before its end. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (!('kind' in answer)) {
    response.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  switch (answer.kind) {
    case 'hang':
      return;
    case 'drop':
      response.socket?.destroy();
      return;
    case 'text':
      response.writeHead(answer.status, { 'content-type': 'text/plain', ...answer.headers }).end(answer.text);
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(Readable.from(padding(answer.bytes)), response).catch((error: NodeJS.ErrnoException) => {
        // A caller that has read enough is what such a reply is there to test.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
      });
  }
}

/** A JSON string of so many bytes, in pieces. */
export function* padding(bytes: number): Generator<Buffer> {
  yield Buffer.from('"');
  for (let left = bytes - 2; left > 0; left -= CHUNK) yield Buffer.alloc(Math.min(left, CHUNK), 'x');
  yield Buffer.from('"');
}
