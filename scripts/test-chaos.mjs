// `pnpm test:chaos [--seeds N] [--kind …] [--resume FILE]`: orders, or rows that drift, at the built hub while everything around it
// breaks, at full size. What it does is in packages/chaos-kit; `--kind agent` kills the agent instead: apps/agent/test/process.
import './lib/node-version.mjs';
import { join } from 'node:path';
import { killAgents } from './lib/agent-kills.mjs';
import { build, environment, install, root } from './lib/project.mjs';
import { endCommandsOnRequest, runForeground } from './lib/run.mjs';
import { runMain } from './lib/steps.mjs';

await runMain(async () => {
  endCommandsOnRequest();
  await install();
  const args = process.argv.slice(2);
  if (/(^| )--kind[ =]agent( |$)/.test(args.join(' '))) {
    await build('@apps/agent...', '@apps/api...');
    return killAgents(args);
  }
  await build('@repo/chaos-kit...', '@apps/api...');
  return runForeground(process.execPath, [join(root, 'packages/chaos-kit/dist/main.js'), ...args], {
    cwd: root,
    env: environment,
  });
});
