import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endWithThisProcess, forgetGuarded } from './guard';
import { launchOnPort } from './ports';
import { type PostgresHome, locateCluster, orphanedHomes, preparePostgresHome, removeCluster } from './postgres-home';
import { hasCluster, initialiseCluster, launchPostmaster } from './postgres-launch';
import { type PostgresStopMode, settledPostmaster, stopPostmaster } from './postmaster';
import { sendSignal } from './process';

export type { PostgresStopMode };

export interface PostgresOptions {
  /** Where the cluster lives; made when absent. As root the files may go elsewhere: see `PostgresServer.dir`. */
  dir: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Hears what is being done, one line at a time. The server's own log is in `<dir>/postgres.log`. */
  log?: (line: string) => void;
  /** Server settings over the defaults of development. Not applied to a server that already runs. */
  settings?: Record<string, string>;
  /** End the server with this process, however that ends. Default: it stays, for the next start to take over. */
  endWithOwner?: boolean;
}

/** A PostgreSQL 18 on 127.0.0.1 that trusts local connections. */
export interface PostgresServer {
  /** The superuser `postgres` on the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Of the main process; another after `restart`. */
  readonly pid: number;
  readonly dir: string;
  /** `fast` (default) ends sessions, `smart` waits for them, `immediate` leaves recovery to the next start, like a crash. */
  stop(mode?: PostgresStopMode): Promise<void>;
  /** Sends a signal to the main process and does not wait. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it, unless it is dead already, and starts it on the same port with the data it has. */
  restart(): Promise<void>;
}

const DEFAULT_SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %d ',
  jit: 'off',
};

/**
 * Starts the cluster of a folder, making it first when there is none. When a server already runs on the folder, for
 * instance because its owner was killed, that one is taken over, on the port it has.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { log = () => undefined } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  await removeOrphanedHomes();
  const home = preparePostgresHome(options.dir);
  const running = await settledPostmaster(home.data);
  if (running) {
    log(`PostgreSQL already runs on port ${running.port}`);
    return new EmbeddedPostgres(home, running.port, settings, running.pid, options.endWithOwner);
  }
  if (!hasCluster(home)) {
    log('Preparing a PostgreSQL cluster');
    await initialiseCluster(home);
  }
  const { port, pid } = await launchOnPort(options.port ?? 0, (chosen) => launchPostmaster(home, chosen, settings));
  log(`PostgreSQL runs on port ${port}`);
  return new EmbeddedPostgres(home, port, settings, pid, options.endWithOwner);
}

/** Stops the server of a folder, whoever started it; nothing happens when none runs. */
export async function stopPostgresIn(dir: string, mode: PostgresStopMode = 'fast'): Promise<void> {
  await stopPostmaster(locateCluster(dir).data, mode);
}

/** Stops the server of a folder and removes all its data. */
export async function removePostgresIn(dir: string): Promise<void> {
  await stopPostgresIn(dir, 'immediate');
  removeCluster(dir);
}

class EmbeddedPostgres implements PostgresServer {
  constructor(
    private readonly home: PostgresHome,
    readonly port: number,
    private readonly settings: Record<string, string>,
    private currentPid: number,
    private readonly endWithOwner = false,
  ) {
    if (endWithOwner) endWithThisProcess(currentPid);
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  get pid(): number {
    return this.currentPid;
  }

  get dir(): string {
    return this.home.folder;
  }

  async stop(mode: PostgresStopMode = 'fast'): Promise<void> {
    // By the folder, not by our pid: another process that took part in the same cluster may have restarted it.
    await stopPostmaster(this.home.data, mode);
  }

  kill(signal: NodeJS.Signals): void {
    sendSignal(this.currentPid, signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    forgetGuarded(this.currentPid);
    this.currentPid = await launchPostmaster(this.home, this.port, this.settings);
    if (this.endWithOwner) endWithThisProcess(this.currentPid);
  }
}

async function removeOrphanedHomes(): Promise<void> {
  for (const folder of orphanedHomes()) {
    await stopPostmaster(join(folder, 'data'), 'immediate');
    rmSync(folder, { recursive: true, force: true });
  }
}
