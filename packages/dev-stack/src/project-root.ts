import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder of the workspace this package lives in; the current folder when there is no workspace around it. */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
  }
  return process.cwd();
}

/** Where all stacks of a project keep their data: DEV_STACK_DIR, else `.data` in the project, which git ignores. */
export function dataFolder(root = projectRoot()): string {
  return resolve(process.env.DEV_STACK_DIR ?? join(root, '.data'));
}
