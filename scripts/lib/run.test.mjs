import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { isSupported } from './node-version.mjs';
import { run } from './run.mjs';

const module = JSON.stringify(new URL('run.mjs', import.meta.url).href);

/** A script of its own that uses the module; resolves with its lines once it has printed `ready`. */
async function script(body) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', body], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  while (!lines.includes('ready')) await once(reader, 'line');
  return { child, lines };
}

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

async function untilGone(pid) {
  while (!isGone(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('knows which versions of Node will do', () => {
  assert.equal(isSupported('20.18.3', '>=20.19'), false);
  assert.equal(isSupported('18.99.0', '>=20.19'), false);
  assert.equal(isSupported('20.19.0', '>=20.19'), true);
  assert.equal(isSupported('22.1.0', '>=20.19'), true);
});

test('gives the code and the output of a command, also of one that does not exist', async () => {
  const failing = await run('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3']);
  assert.equal(failing.code, 3);
  assert.match(failing.output, /out/);
  assert.match(failing.output, /err/);
  assert.equal((await run('/no/such/program', [])).code, 127);
});

test('ends what a command leaves running behind it', { timeout: 20_000 }, async () => {
  const { output } = await run('/bin/sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!']);
  await untilGone(Number(output));
});

test('passes one Ctrl-C on once, although npm repeats it, and lets the program end in its own time', { timeout: 20_000 }, async () => {
  const program = `
    let count = 0;
    process.on('SIGINT', () => { count++; setTimeout(() => { console.log('signals ' + count); process.exit(4); }, 300); });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const { child, lines } = await script(`
    import { runForeground } from ${module};
    process.exitCode = await runForeground(process.execPath, ['-e', ${JSON.stringify(program)}]);`);
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGINT'), 50);
  const [code] = await once(child, 'close');
  assert.deepEqual(lines, ['ready', 'signals 1']);
  assert.equal(code, 4);
});

test('ends the running commands on request, all of them, and starts no further one', { timeout: 20_000 }, async () => {
  const { child, lines } = await script(`
    import { endCommandsOnRequest, run } from ${module};
    endCommandsOnRequest();
    const beside = run('/bin/sleep', ['60']);
    const first = await run('/bin/sh', ['-c', 'sleep 60 & echo $!; echo ready; wait'], { live: true });
    const second = await run('/bin/sh', ['-c', 'echo started']);
    console.log(JSON.stringify([(await beside).code, first.code, second.code, second.output]));`);
  child.kill('SIGTERM');
  await once(child, 'close');
  assert.deepEqual(JSON.parse(lines.at(-1)), [143, 143, 143, '']);
  await untilGone(Number(lines[0]));
});

test('takes the death of the shell between npm and the script for a request to end', { timeout: 20_000 }, async () => {
  const body = `
    import { endCommandsOnRequest, run } from ${module};
    endCommandsOnRequest();
    await run('/bin/sh', ['-c', 'echo $$; echo ready; exec sleep 60'], { live: true });
    console.log('ended');`;
  const shell = spawn('/bin/sh', ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, body], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'test' },
  });
  const lines = [];
  const reader = createInterface({ input: shell.stdout }).on('line', (line) => lines.push(line));
  while (!lines.includes('ready')) await once(reader, 'line');
  shell.kill('SIGTERM');
  await once(reader, 'close');
  assert.equal(lines.at(-1), 'ended');
  assert.ok(isGone(Number(lines[0])));
});
