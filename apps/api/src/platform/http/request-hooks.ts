import type { Access, Operation } from '@repo/contracts/operations/operation';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, unauthorized } from '../errors/api-error';
import type { Lifecycle } from '../lifecycle/lifecycle';
import type { AgentAuthenticator } from './agent-authenticator';
import { covers, type ApiKeys } from './api-keys';
import type { Caller } from './caller';
import type { OperationRouteConfig } from './operation.decorator';
import type { RateLimiter } from './rate-limiter';
import { runInContext } from './request-context';

const VENDOR_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** What the hooks need. */
export interface RequestHooks {
  keys: ApiKeys;
  agents: AgentAuthenticator;
  limiter: RateLimiter;
  lifecycle: Lifecycle;
  /** False for workers and schedulers: they serve health and metrics only. */
  servesApi: boolean;
}

/**
 * What happens to every request before its body is read, behind the correlation id: shutdown, credential, rate limit. All
 * of it by the operation that the route implements.
 */
export function registerRequestHooks(fastify: FastifyInstance, parts: RequestHooks): void {
  fastify.decorateRequest('caller', null);
  fastify.decorateRequest('overLimit', null);
  fastify.addHook('onRequest', async (request, reply) => {
    if (parts.lifecycle.shuttingDown && !isHealth(request)) {
      reply.header('Connection', 'close');
      throw new ApiError('shutting_down', 'This instance is shutting down: try again.', { retryAfterSeconds: 1 });
    }
    if (!parts.servesApi && !isHealth(request) && request.routeOptions.url !== '/metrics') throw new ApiError('not_found');
    await admit(request, parts);
  });
  // Reading the body leaves the asynchronous context of the request: enter it again.
  fastify.addHook('preValidation', (request, _reply, done) => runInContext(request.hub, done));
}

function isHealth(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/health') === true;
}

/** Authenticates, then counts against the route's own bucket; what is no operation is counted by IP. */
async function admit(request: FastifyRequest, parts: RequestHooks): Promise<void> {
  const { operation } = request.routeOptions.config as OperationRouteConfig;
  if (operation === undefined) {
    if (!isHealth(request) && request.routeOptions.url !== '/metrics') await parts.limiter.consume('global', request.ip);
    return;
  }
  if (operation.access === 'registration') await parts.limiter.consume('register', request.ip);
  const caller = await identify(operation, request, parts);
  request.caller = caller;
  if (caller?.kind === 'agent') request.hub.vendorId = caller.vendorId;
  if (operation.limit === 'none' || operation.access === 'registration') return;
  try {
    await parts.limiter.consume(operation.limit, whoIsCounted(caller, request));
  } catch (error) {
    if (operation.judgesLimit !== true || !(error instanceof ApiError)) throw error;
    request.overLimit = error;
  }
}

function whoIsCounted(caller: Caller | null, request: FastifyRequest): string {
  if (caller?.kind === 'agent') return caller.vendorId;
  if (caller?.kind === 'key') return caller.name;
  return request.ip;
}

async function identify(operation: Operation, request: FastifyRequest, parts: RequestHooks): Promise<Caller | null> {
  switch (operation.access) {
    case 'public':
    case 'metrics':
      return null;
    case 'agent':
      return identifyAgent(request, parts);
    case 'registration':
      return { kind: 'registrant', bearer: bearerOf(request) ?? refuse(), ip: request.ip };
    default:
      return identifyKey(operation.access, request, parts);
  }
}

async function identifyAgent(request: FastifyRequest, { agents, limiter }: RequestHooks): Promise<Caller> {
  const token = bearerOf(request);
  const vendorId = request.headers['x-vendor-id'];
  if (token === undefined || typeof vendorId !== 'string' || !VENDOR_ID.test(vendorId)) {
    await limiter.consume('auth_failures', request.ip);
    return refuse();
  }
  return agents.authenticate(vendorId, token, request.ip);
}

async function identifyKey(
  access: Extract<Access, 'admin' | 'orders' | 'read'>,
  request: FastifyRequest,
  { keys, limiter }: RequestHooks,
): Promise<Caller> {
  const presented = request.headers['x-api-key'];
  const identity = typeof presented === 'string' ? keys.identify(presented) : undefined;
  if (identity === undefined) {
    await limiter.consume('auth_failures', request.ip);
    return refuse();
  }
  if (!covers(identity.scope, access)) throw new ApiError('forbidden', `This key does not have the scope ${access}.`);
  return identity;
}

function bearerOf(request: FastifyRequest): string | undefined {
  const match = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

function refuse(): never {
  throw unauthorized();
}
