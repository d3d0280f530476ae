import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE } from '@repo/contracts/problem';
import { ApiError } from '../errors/api-error';
import { problemOf } from './problem-reply';

const DETAILS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive.',
  HPE_HEADER_OVERFLOW: 'The request line and headers are too large.',
};

/** Replies to what is not HTTP at all, as to every other error, and ends the connection: there is no request yet. */
export function replyToClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // As Node itself does it: into a reply that has begun nothing may be written.
  const begun = (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
  if (socket.writable && !begun) {
    const apiError = new ApiError('invalid_request', DETAILS[error.code ?? ''] ?? 'This is not an HTTP request.');
    const correlationId = randomUUID();
    const body = JSON.stringify(problemOf(apiError, correlationId));
    const head = [
      `HTTP/1.1 ${apiError.status} ${STATUS_CODES[apiError.status]}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Correlation-ID: ${correlationId}`,
      'X-Content-Type-Options: nosniff',
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
