import { migrateDatabase } from '@repo/shared/database/migrate';
import type { PartialSettings } from './config/settings';
import { completeForDevelopment } from './config/development-stack';
import { createApp } from './create-app';
import { createLogger } from './platform/logging/logger';
import { Lifecycle } from './platform/lifecycle/lifecycle';

/** A shutdown that takes longer than this is cut off. */
const SHUTDOWN_LIMIT_MS = 9_500;

/** Starts a hub with these settings, and stops it cleanly on SIGTERM or SIGINT. */
export async function startHub(partial: PartialSettings): Promise<void> {
  const { settings, stop: stopStack } = await completeForDevelopment(partial);
  const logger = createLogger(settings);
  if (settings.MIGRATE_ON_BOOT) await migrateDatabase(settings.DATABASE_URL);
  const app = await createApp(settings, logger);
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
