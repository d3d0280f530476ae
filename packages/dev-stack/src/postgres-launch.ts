import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DevStackError } from './errors';
import { lastLines, logSize, readLogFrom, rotateLog } from './log-file';
import { isPortFree, portInUse } from './ports';
import type { PostgresHome } from './postgres-home';
import { START_TIMEOUT_MS, clearForeignPidFile, readPostmaster } from './postmaster';
import { endProcess, isAlive, runCommand, spawnServer, waitUntil } from './process';

// The builtin locale sorts strings alike on every machine, whatever locales that has.
const INITDB_FLAGS = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-sync',
  '--no-instructions',
];

/** Makes the cluster beside its place and moves it there whole, so that an interrupted run leaves no half of one. */
export async function initialiseCluster(home: PostgresHome): Promise<void> {
  const draft = join(home.folder, `draft-${randomUUID()}`);
  const { code, output } = await runCommand(join(home.bin, 'initdb'), ['-D', draft, ...INITDB_FLAGS], {
    ...home.user,
    env: serverEnvironment(),
    cwd: home.folder,
  });
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new DevStackError('postgres_init_failed', `initdb failed; to go without it set DATABASE_URL: ${lastLines(output, 3)}`, output);
  }
  renameSync(draft, home.data);
}

/** Starts the main process and waits until it accepts connections. Returns its pid. */
export async function launchPostmaster(home: PostgresHome, port: number, settings: Record<string, string>): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  if (!(await isPortFree(port))) throw portInUse(port);
  clearForeignPidFile(home.data);
  rotateLog(home.logFile);
  for (;;) {
    const logStart = logSize(home.logFile);
    const pid = await spawnPostmaster(home, port, settings);
    const isReady = () => {
      const postmaster = readPostmaster(home.data);
      return postmaster?.pid === pid && postmaster.ready;
    };
    await waitUntil(() => isReady() || !isAlive(pid), { timeoutMs: Math.max(0, deadline - Date.now()) });
    if (isReady()) return pid;

    await endProcess(pid, [
      { signal: 'SIGQUIT', waitMs: 5_000 },
      { signal: 'SIGKILL', waitMs: 5_000 },
    ]);
    const said = readLogFrom(home.logFile, logStart);
    if (/could not bind|Address already in use/.test(said)) throw portInUse(port);
    // Sessions of a main process that was killed end a moment later than it, and until then the data is theirs.
    const heldBySessions = /pre-existing shared memory block/.test(said);
    if (!heldBySessions || Date.now() >= deadline) {
      throw new DevStackError('postgres_start_failed', `PostgreSQL did not start, see ${home.logFile}: ${lastLines(said, 3)}`, said);
    }
    await waitUntil(() => false, { timeoutMs: 100 });
  }
}

async function spawnPostmaster(home: PostgresHome, port: number, settings: Record<string, string>): Promise<number> {
  const command = join(home.bin, 'postgres');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    return await spawnServer(command, ['-D', home.data, '-p', String(port), ...flags], {
      ...home.user,
      env: serverEnvironment(),
      cwd: home.folder,
      logFile: home.logFile,
    });
  } catch (error) {
    const message = `${command} cannot be run on this system: start a PostgreSQL 18 and set DATABASE_URL`;
    throw new DevStackError('postgres_start_failed', message, String(error), { cause: error });
  }
}

export function hasCluster(home: PostgresHome): boolean {
  return existsSync(join(home.data, 'PG_VERSION'));
}

/** Nothing of the owner's environment may change the server: PGPORT, PGDATA, locales. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}
