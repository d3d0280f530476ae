import { Global, Module } from '@nestjs/common';
import { HubMetrics } from './hub-metrics';
import { PoolGauge } from './pool-gauge';

@Global()
@Module({ providers: [HubMetrics, PoolGauge], exports: [HubMetrics] })
export class MetricsModule {}
