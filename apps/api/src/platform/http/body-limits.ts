import type { BodySize } from '@repo/contracts/operations/operation';
import type { FastifyInstance } from 'fastify';
import type { HubSettings } from '../../config/settings';
import type { OperationRouteConfig } from './operation.decorator';

const MB = 1024 * 1024;

/** The limit of a body that no operation enlarges. */
export const DEFAULT_BODY_LIMIT = MB;

/** Gives each route the body limit of its operation; it holds for the compressed and for the inflated size. */
export function registerBodyLimits(fastify: FastifyInstance, settings: HubSettings): void {
  const limits: Record<BodySize, number> = {
    default: DEFAULT_BODY_LIMIT,
    incremental: settings.BODY_LIMIT_INCREMENTAL,
    batch: settings.BODY_LIMIT_BATCH,
    seed: 5 * MB,
    pollReply: 10 * MB,
  };
  fastify.addHook('onRoute', (route) => {
    const { operation }: OperationRouteConfig = route.config ?? {};
    const size = operation?.bodySize;
    if (size !== undefined) route.bodyLimit = limits[size];
  });
}
