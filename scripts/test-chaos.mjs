// `pnpm test:chaos [--seeds N] [--kind …] [--resume FILE]`: orders at the built hub while everything around it breaks, at full
// size. What it does is in packages/chaos-kit.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { build, environment, install, root } from './lib/project.mjs';
import { endCommandsOnRequest, runForeground } from './lib/run.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  endCommandsOnRequest();
  await install();
  await build('@repo/chaos-kit...', '@apps/api...');
  return runForeground(process.execPath, [join(root, 'packages/chaos-kit/dist/main.js'), ...process.argv.slice(2)], {
    cwd: root,
    env: environment,
  });
});
