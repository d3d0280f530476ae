import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { ApiError } from '../../platform/errors/api-error';
import { HubMetrics } from '../../platform/metrics/hub-metrics';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Prometheus text. Open without METRICS_TOKEN in development; never served without one in production. */
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly metrics: HubMetrics,
  ) {}

  @Get()
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
