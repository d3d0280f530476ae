// `npm run demo [-- --once] [-- --data FOLDER]`: the main job from nothing. What it shows is in apps/demo.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { build, environment, install, root } from './lib/project.mjs';
import { endCommandsOnRequest, runForeground } from './lib/run.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  endCommandsOnRequest();
  await install();
  await build('@apps/demo...', '@apps/api...', '@apps/agent...');
  return runForeground(process.execPath, [join(root, 'apps/demo/dist/main.js'), ...process.argv.slice(2)], { cwd: root, env: environment });
});
