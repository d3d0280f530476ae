import { Controller, Inject, Logger, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import { getHealth, getLiveness, getReadiness } from '@repo/contracts/operations/health-operations';
import type { Database } from '@repo/shared/database/connect';
import { RESTORED } from '@repo/shared/database/hub-state';
import { isReadyForWrites } from '@repo/shared/database/migrate';
import type { FastifyReply } from 'fastify';
import { DATABASE } from '../../platform/database/database.module';
import { ApiError } from '../../platform/errors/api-error';
import { Operation } from '../../platform/http/operation.decorator';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import { NoAnswerError, within } from '../../platform/timing/within';
import { HealthChecks } from './health-checks';
import { LOOK_LIMIT_MS } from './watch-servers';

/** For orchestrators and people: not behind any credential, without details that would help an attacker. */
@Controller()
export class HealthController {
  private readonly logger = new Logger('Health');
  private migrated = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly checks: HealthChecks,
    private readonly lifecycle: Lifecycle,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  /** Every part; 503 when PostgreSQL or Redis is down. */
  @Operation(getHealth)
  async all(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    try {
      return await this.health.check([
        () => this.checks.postgres(),
        () => this.checks.redisServer(),
        () => this.checks.queues(),
        () => this.checks.agents(),
        () => this.checks.memory(),
        () => this.checks.disk(),
      ]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(503);
      return error.getResponse();
    }
  }

  /** The process answers. */
  @Operation(getLiveness)
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Traffic may come: migrations done and PostgreSQL reachable (without Redis the API is degraded, not unready). */
  @Operation(getReadiness)
  async ready(): Promise<{ status: string }> {
    if (this.lifecycle.shuttingDown) throw new ApiError('shutting_down', 'This instance is shutting down.');
    const result = await this.checks.postgres();
    if (result['database']?.status !== 'up') throw new ApiError('unavailable', 'The database cannot be reached.');
    this.migrated ||= await this.isMigrated();
    if (!this.migrated) throw new ApiError('unavailable', 'The database is not migrated yet.');
    return { status: 'ok' };
  }

  private async isMigrated(): Promise<boolean> {
    try {
      return await within(LOOK_LIMIT_MS, () => isReadyForWrites(this.database.pool, (found) => this.logger.warn(found, RESTORED)));
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      throw new ApiError('unavailable', 'The database does not answer.', { cause: error });
    }
  }
}
