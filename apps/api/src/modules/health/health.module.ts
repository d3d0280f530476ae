import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthChecks } from './health-checks';
import { HealthController } from './health.controller';
import { MetricsController } from './metrics.controller';
import { WatchServers } from './watch-servers';

@Module({
  // WatchServers says once that a server is away; a library's line, an error each time that somebody asks, would bury that.
  imports: [TerminusModule.forRoot({ logger: false, gracefulShutdownTimeoutMs: 0 })],
  controllers: [HealthController, MetricsController],
  providers: [HealthChecks, WatchServers],
})
export class HealthModule {}
