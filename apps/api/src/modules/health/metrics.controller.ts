import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Headers, Inject, Ip, Res } from '@nestjs/common';
import { getMetrics } from '@repo/contracts/operations/health-operations';
import type { FastifyReply } from 'fastify';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { ApiError } from '../../platform/errors/api-error';
import { Operation } from '../../platform/http/operation.decorator';
import { RateLimiter } from '../../platform/http/rate-limiter';
import { HubMetrics } from '../../platform/metrics/hub-metrics';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Prometheus text. Open without METRICS_TOKEN in development; never served without one in production. */
@Controller()
export class MetricsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly metrics: HubMetrics,
    private readonly limiter: RateLimiter,
  ) {}

  @Operation(getMetrics)
  async text(
    @Headers('authorization') authorization: string | undefined,
    @Ip() ip: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!this.mayRead(authorization)) {
      // Guesses are counted like those of any other credential.
      await this.limiter.consume('auth_failures', ip);
      throw new ApiError('unauthorized', 'The metrics token is missing or not valid.');
    }
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }

  private mayRead(authorization: string | undefined): boolean {
    const { METRICS_TOKEN: token, NODE_ENV } = this.settings;
    if (token === undefined) return NODE_ENV !== 'production';
    return timingSafeEqual(digest(`Bearer ${token}`), digest(authorization ?? ''));
  }
}
