// `pnpm gameday [--only redis] [--json FILE]`: a whole installation under load while things go wrong, with a timeline of what was
// seen and told when. What it does is in apps/gameday.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { build, environment, install, root } from './lib/project.mjs';
import { endCommandsOnRequest, runForeground } from './lib/run.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  endCommandsOnRequest();
  await install();
  await build('@apps/gameday...', '@apps/api...', '@apps/agent...');
  return runForeground(process.execPath, [join(root, 'apps/gameday/dist/main.js'), ...process.argv.slice(2)], {
    cwd: root,
    env: environment,
  });
});
