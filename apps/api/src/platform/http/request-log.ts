import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { HubMetrics } from '../metrics/hub-metrics';

/** One wide line a request, and its duration as a metric. Never the query, a header or the body. */
export function registerRequestLog(fastify: FastifyInstance, logger: Logger, metrics: HubMetrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const status = reply.statusCode;
    metrics.httpDuration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    const line = {
      correlationId: request.hub.correlationId,
      ...(request.hub.vendorId === undefined ? {} : { vendorId: request.hub.vendorId }),
      method: request.method,
      route,
      status,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...(request.caller?.kind === 'key' ? { key: request.caller.name } : {}),
      ...request.hub.fields,
    };
    const { err } = request.hub.fields;
    if (status >= 500 && status !== 503 && err !== undefined) logger.error(line, 'request failed');
    // What is away is not this request's failure: whoever lost it says so.
    else if (status === 503 && err !== undefined) logger.warn(line, 'request refused for now');
    else if (route.startsWith('/health') || route === '/metrics') logger.debug(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}
