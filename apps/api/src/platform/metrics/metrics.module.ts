import { Global, Module } from '@nestjs/common';
import { HubMetrics } from './hub-metrics';

@Global()
@Module({ providers: [HubMetrics], exports: [HubMetrics] })
export class MetricsModule {}
