import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer, CallAnswerer } from './answer-call';
import { readBody, UnreadableBody } from './read-body';

const compress = promisify(gzip);
/** Replies of more bytes are gzipped. */
const GZIP_OVER_BYTES = 1_024;

export interface PushListenerOptions {
  answerer: Pick<CallAnswerer, 'answerCall'>;
  /** The path of the `agentUrl`, such as `/erp`; none when not said. */
  prefix?: string;
  /** Told of connections that broke while they were read or answered. */
  onError?: (error: unknown) => void;
  /** Aborted when the agent is told to end at once. */
  signal?: AbortSignal;
}

/** A request handler for `node:http` and `node:https` that takes the calls of the hub: POST only, at most 1 MB, plain or gzipped. */
export function pushListener(options: PushListenerOptions): RequestListener {
  return (request, response) => {
    answer(request, options)
      .then((said) => send(request, response, said))
      .catch((error: unknown) => {
        // Nobody is there any more to be answered.
        response.destroy();
        options.onError?.(error);
      });
  };
}

async function answer(request: IncomingMessage, { answerer, prefix = '', signal }: PushListenerOptions): Promise<Answer> {
  if (request.method !== 'POST') return refusal(405, 'POST only', { allow: 'POST' });
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (!path.startsWith(prefix)) return refusal(404, 'no such call');
  try {
    const body = await readBody(request);
    return await answerer.answerCall({ path: path.slice(prefix.length), headers: request.headers, body, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    return refusal(error.status, error.message);
  }
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ message }) };
}

async function send(request: IncomingMessage, response: ServerResponse, { status, headers, body = '' }: Answer): Promise<void> {
  // What is left of a body that was refused is read and dropped: whoever still writes would not hear the answer otherwise.
  request.resume();
  if (Buffer.byteLength(body) <= GZIP_OVER_BYTES || !/\bgzip\b/.test(String(request.headers['accept-encoding']))) {
    response.writeHead(status, headers).end(body);
    return;
  }
  response.writeHead(status, { ...headers, 'content-encoding': 'gzip' }).end(await compress(body));
}
