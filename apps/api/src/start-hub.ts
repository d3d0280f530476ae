import { isDatabaseUnavailable } from '@repo/shared/database/database-errors';
import type { Database } from '@repo/shared/database/connect';
import { RESTORED } from '@repo/shared/database/hub-state';
import { isReadyForWrites, migrateDatabase } from '@repo/shared/database/migrate';
import type { PartialSettings } from './config/settings';
import { completeForDevelopment } from './config/development-stack';
import { createApp } from './create-app';
import type { Logger } from 'pino';
import { createLogger } from './platform/logging/logger';
import { DATABASE } from './platform/database/database.module';
import { Lifecycle } from './platform/lifecycle/lifecycle';

/** A shutdown that takes longer than this is cut off. */
const SHUTDOWN_LIMIT_MS = 9_500;

/** Starts a hub with these settings, and stops it cleanly on SIGTERM or SIGINT. */
export async function startHub(partial: PartialSettings): Promise<void> {
  const { settings, stop: stopStack } = await completeForDevelopment(partial);
  const logger = createLogger(settings);
  if (settings.MIGRATE_ON_BOOT) {
    const found = await migrateDatabase(settings.DATABASE_URL);
    if (found !== undefined) logger.warn(found, RESTORED);
  }
  const app = await createApp(settings, logger);
  await lookAtDatabase(app.get<Database>(DATABASE), logger);
  await app.listen({ port: settings.PORT, host: settings.HOST });
  logger.info({ url: await app.getUrl() }, `hub is up`);

  let stopping = false;
  const shutdown = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'shutting down');
    setTimeout(() => {
      logger.error('shutdown took too long: leaving');
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS).unref();
    app.get(Lifecycle).beginShutdown();
    app
      .close()
      .then(stopStack)
      .then(
        () => {
          logger.info('stopped');
          logger.flush();
          process.exit(0);
        },
        (error: unknown) => {
          logger.error({ err: error }, 'shutdown failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', shutdown);
  process.on('SIGINT', shutdown);
}

/** A hub that does not migrate starts all the same, and is not ready until somebody has; so does one whose database is away. */
async function lookAtDatabase({ pool }: Database, logger: Logger): Promise<void> {
  try {
    const ready = await isReadyForWrites(pool, (found) => logger.warn(found, RESTORED));
    if (!ready) logger.warn('the database is not migrated: not ready until it is');
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    logger.warn({ err: error }, 'the database cannot be reached: not ready until it can');
  }
}
