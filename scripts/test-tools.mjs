// `pnpm test:tools`: tests that need programs of the system, which `npm test` does without. Each says what to install.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { build, environment, install, root } from './lib/project.mjs';
import { endCommandsOnRequest, runForeground } from './lib/run.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  endCommandsOnRequest();
  await install();
  await build('@apps/api...');
  const jest = join(root, 'apps/api/node_modules/jest/bin/jest.js');
  return runForeground(process.execPath, [jest, '--config', 'jest.tools.config.js', ...process.argv.slice(2)], {
    cwd: join(root, 'apps/api'),
    env: environment,
  });
});
