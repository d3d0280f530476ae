import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pino, stdTimeFunctions, type Logger } from 'pino';
import { createStream } from 'rotating-file-stream';
import type { AgentConfig } from '../config/agent-config';

/** A log, and how to close it so that its last lines are written. */
export interface AgentLog {
  log: Logger;
  close(this: void): Promise<void>;
}

const REDACTED = ['token', 'outboundToken', 'signingSecret', 'authorization', 'headers.authorization', 'body', 'err.body'];

/** JSON lines on standard output, or in files that are put aside by size. `folder` is what the paths of the configuration are relative to. */
export function openLog({ level, folder: logFolder, megabytes, keep }: AgentConfig['log'], folder: string): AgentLog {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, redact: { paths: REDACTED, censor: '[hidden]' } };
  if (logFolder === undefined) return { log: pino(options), close: () => Promise.resolve() };
  const to = path.resolve(folder, logFolder);
  mkdirSync(to, { recursive: true });
  const stream = createStream('erp-agent.log', { path: to, size: `${megabytes}M`, maxFiles: keep, mode: 0o640 });
  // A disk that is full must not end the agent: orders go on.
  stream.on('error', (error) => process.stderr.write(`the log cannot be written: ${error.message}\n`));
  return {
    log: pino(options, stream),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
