import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AppModule } from './app.module';
import type { HubSettings } from './config/settings';
import { BoardSessions } from './modules/queue-board/board-sessions';
import { serveQueueBoard } from './modules/queue-board/serve-queue-board';
import { AGENT_AUTHENTICATOR, type AgentAuthenticator } from './platform/http/agent-authenticator';
import { ApiKeys } from './platform/http/api-keys';
import { DEFAULT_BODY_LIMIT, registerBodyLimits } from './platform/http/body-limits';
import { replyToClientError } from './platform/http/client-error';
import { registerConnectionClose } from './platform/http/connection-close';
import { registerCorrelation } from './platform/http/correlation';
import { registerInflate } from './platform/http/inflate-body';
import { registerJsonBody } from './platform/http/json-body';
import { ProblemFilter } from './platform/http/problem.filter';
import { RateLimiter } from './platform/http/rate-limiter';
import { registerRequestHooks } from './platform/http/request-hooks';
import { registerRequestLog } from './platform/http/request-log';
import { sendProblem } from './platform/http/send-problem';
import { Lifecycle } from './platform/lifecycle/lifecycle';
import { HubMetrics } from './platform/metrics/hub-metrics';
import { QueueRegistry } from './platform/queues/queue-registry';
import { REDIS } from './platform/redis/redis.module';
import { VERSION } from './version';

/** A key of 100 characters, each of four percent-encoded bytes. */
const LONGEST_PARAM = 1_200;

/** Puts the hub together from its settings; it does not listen yet. */
export async function createApp(settings: HubSettings, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: DEFAULT_BODY_LIMIT,
    trustProxy: settings.TRUST_PROXY.length > 0 ? settings.TRUST_PROXY : false,
    routerOptions: { maxParamLength: LONGEST_PARAM },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(request, reply, error),
    clientErrorHandler: replyToClientError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forSettings(settings, logger), adapter, {
    bufferLogs: true,
    bodyParser: false,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  app.useGlobalFilters(new ProblemFilter());
  const fastify = app.getHttpAdapter().getInstance();
  registerRequestLog(fastify, logger, app.get(HubMetrics));
  registerBodyLimits(fastify, settings);
  registerCorrelation(fastify);
  registerConnectionClose(fastify, app.get(Lifecycle));
  // Before the credential is looked at: a browser must be able to read why it was refused.
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  await app.register(cors, {
    origin: settings.CORS_ORIGINS.length > 0 ? settings.CORS_ORIGINS : false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: ['X-Correlation-ID', 'Retry-After'],
    strictPreflight: false,
  });
  const keys = new ApiKeys(settings.API_SECRET, settings.API_KEYS);
  const servesApi = settings.ROLE === 'all' || settings.ROLE === 'api';
  registerRequestHooks(fastify, {
    keys,
    agents: app.get<AgentAuthenticator>(AGENT_AUTHENTICATOR),
    limiter: app.get(RateLimiter),
    lifecycle: app.get(Lifecycle),
    servesApi,
  });
  registerInflate(fastify);
  registerJsonBody(fastify);
  if (servesApi) {
    const sessions = new BoardSessions(settings.API_SECRET, settings.API_KEYS);
    const queues = app.get(QueueRegistry);
    serveQueueBoard(fastify, { queues: () => queues.all(), keys, sessions, limiter: app.get(RateLimiter), redis: app.get<Redis>(REDIS) });
  }
  if (settings.SWAGGER_ENABLED) {
    // A fifth of the time that a hub takes to start, where nobody reads the document.
    const { serveOpenApi } = await import('./platform/http/openapi.js');
    serveOpenApi(app, VERSION);
  }
  await app.init();
  return app;
}
