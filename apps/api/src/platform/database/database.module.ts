import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { openDatabase, type Database } from '@repo/shared/database/connect';
import { SETTINGS, type HubSettings } from '../../config/settings';

/** Injection token of the {@link Database} of this process. */
export const DATABASE = Symbol('DATABASE');

/** PostgreSQL: one pool a process. */
@Global()
@Module({
  providers: [
    {
      provide: DATABASE,
      inject: [SETTINGS],
      useFactory: (settings: HubSettings): Database => {
        const logger = new Logger('Database');
        return openDatabase({
          url: settings.DATABASE_URL,
          poolSize: settings.DB_POOL_SIZE,
          applicationName: `hub-${settings.ROLE}`,
          onIdleError: (error) => logger.warn(`an idle connection broke: ${error.message}`),
        });
      },
    },
  ],
  exports: [DATABASE],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
