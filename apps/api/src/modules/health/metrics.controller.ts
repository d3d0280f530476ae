import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Headers, Inject, Res } from '@nestjs/common';
import { getMetrics } from '@repo/contracts/operations/health-operations';
import type { FastifyReply } from 'fastify';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { ApiError } from '../../platform/errors/api-error';
import { Operation } from '../../platform/http/operation.decorator';
import { HubMetrics } from '../../platform/metrics/hub-metrics';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Prometheus text. Open without METRICS_TOKEN in development; never served without one in production. */
@Controller()
export class MetricsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly metrics: HubMetrics,
  ) {}

  @Operation(getMetrics)
  async text(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!this.mayRead(authorization)) throw new ApiError('unauthorized', 'The metrics token is missing or not valid.');
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }

  private mayRead(authorization: string | undefined): boolean {
    const { METRICS_TOKEN: token, NODE_ENV } = this.settings;
    if (token === undefined) return NODE_ENV !== 'production';
    return timingSafeEqual(digest(`Bearer ${token}`), digest(authorization ?? ''));
  }
}
