import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { SettingsModule } from './config/settings.module';
import type { HubSettings } from './config/settings';
import { CatalogueModule } from './modules/catalogue/catalogue.module';
import { HealthModule } from './modules/health/health.module';
import { OrdersModule } from './modules/orders/orders.module';
import { SyncModule } from './modules/sync/sync.module';
import { DatabaseModule } from './platform/database/database.module';
import { EventsModule } from './platform/events/events.module';
import { HttpModule } from './platform/http/http.module';
import { LeaderModule } from './platform/leader/leader.module';
import { LifecycleModule } from './platform/lifecycle/lifecycle.module';
import { MetricsModule } from './platform/metrics/metrics.module';
import { RedisModule } from './platform/redis/redis.module';

/** The list of modules, nothing else. */
@Module({})
export class AppModule {
  static forSettings(settings: HubSettings, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false, wrapSerializers: false }, forRoutes: [] }),
        LifecycleModule,
        LeaderModule,
        MetricsModule,
        DatabaseModule,
        RedisModule,
        EventsModule,
        HttpModule,
        HealthModule,
        CatalogueModule,
        OrdersModule,
        SyncModule.forRole(settings.ROLE),
      ],
    };
  }
}
