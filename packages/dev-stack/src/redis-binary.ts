import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DevStackError } from './errors';
import { runCommand } from './process';
import { installByApt, unpackForUser, unpackedLibraries, unpackedServer } from './redis-install';

/** How to run a Redis on this machine. */
export interface RedisBinary {
  command: string;
  env: NodeJS.ProcessEnv;
}

/** What the search may use; tests narrow it. */
export interface RedisSearch {
  /** Where packages are unpacked to without root. */
  unpackTo: string;
  log: (line: string) => void;
  path?: string;
  isDebian?: boolean;
  isRoot?: boolean;
}

// Where systems put servers, beside what is on PATH: a user's PATH often lacks the sbin folders.
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** Finds `redis-server` or `valkey-server`, or gets one where that is possible without asking anyone. */
export async function findRedis(search: RedisSearch): Promise<RedisBinary> {
  const { log, unpackTo, isDebian = hasApt(), isRoot = process.getuid?.() === 0 } = search;
  const installed = findInstalled(search.path);
  if (installed) return { command: installed, env: {} };
  const unpacked = await usableUnpacked(unpackTo);
  if (unpacked) return unpacked;
  if (isDebian && isRoot) {
    log('No Redis found: installing the package redis-server');
    await installByApt();
    const command = findInstalled(search.path);
    if (command) return { command, env: {} };
  }
  if (isDebian && !isRoot) {
    log(`No Redis found: unpacking the package redis-server into ${unpackTo}`);
    await unpackForUser(unpackTo);
    const found = await usableUnpacked(unpackTo);
    if (found) return found;
  }
  throw new DevStackError(
    'redis_missing',
    'No Redis found: install redis-server or valkey-server, or set REDIS_URL (TEST_REDIS_URL for tests)',
  );
}

function findInstalled(path?: string): string | null {
  const folders = path === undefined ? [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS] : path.split(delimiter);
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of folders) if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The server that was unpacked earlier, when it runs: an interrupted download may have left half of one. */
async function usableUnpacked(folder: string): Promise<RedisBinary | null> {
  const command = unpackedServer(folder);
  if (!isExecutable(command)) return null;
  const env = { LD_LIBRARY_PATH: unpackedLibraries(folder).join(delimiter) };
  const { code } = await runCommand(command, ['--version'], { env: { ...process.env, ...env } });
  return code === 0 ? { command, env } : null;
}

function hasApt(): boolean {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}
