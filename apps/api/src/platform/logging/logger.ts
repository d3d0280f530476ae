import pino, { type Logger } from 'pino';
import type { HubSettings } from '../../config/settings';
import { currentContext } from '../http/request-context';
import { errorFields } from './error-fields';

/** Where a secret could stand in what is logged; none should, this is the second net. */
const REDACTED = ['authorization', 'token', 'authToken', 'secret', 'signingSecret', 'outboundToken', 'password', 'code_hash', 'apiKey']
  .flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  .concat('headers["x-api-key"]', '*.headers["x-api-key"]', 'headers.authorization', '*.headers.authorization');

/** The process's logger: JSON lines (or readable ones on a terminal), each with the correlation id of what it belongs to. */
export function createLogger(settings: Pick<HubSettings, 'LOG_LEVEL' | 'LOG_PRETTY' | 'ROLE'>): Logger {
  return pino({
    level: settings.LOG_LEVEL,
    base: { role: settings.ROLE, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => errorFields(error) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin(mergeObject: object) {
      const context = currentContext();
      if (context === undefined || 'correlationId' in mergeObject) return {};
      return { correlationId: context.correlationId, ...(context.vendorId === undefined ? {} : { vendorId: context.vendorId }) };
    },
    ...(settings.LOG_PRETTY ? { transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,role' } } } : {}),
  });
}
