// `pnpm --filter @erp-sync-hub/agent-sdk pack:check`: makes the package that can be published in dist/npm, packs it, and looks
// at it as those who install it will. Needs nothing that is built, and no network.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'tsup';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'dist', 'npm');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const require = createRequire(import.meta.url);
const began = performance.now();

/** Runs a command and gives what it printed; ends the check when it fails. */
function run(what, command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  if (status !== 0) throw new Error(`${what}:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  return stdout;
}

async function bundle() {
  const { name, version, description, license, dependencies } = manifest;
  const publishable = {
    name,
    version,
    description,
    license,
    type: 'commonjs',
    sideEffects: false,
    engines: { node: '>=20.19' },
    main: './index.js',
    module: './index.mjs',
    types: './index.d.ts',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.ts', default: './index.js' },
      },
      './package.json': './package.json',
    },
    files: ['index.*'],
    dependencies: { zod: `^${dependencies.zod}` },
    peerDependencies: { '@types/node': '>=20' },
    peerDependenciesMeta: { '@types/node': { optional: true } },
  };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(publishable, null, 2)}\n`);
  cpSync(join(root, 'README.md'), join(out, 'README.md'));
  cpSync(join(root, '..', '..', 'LICENSE'), join(out, 'LICENSE'));
  // tsup takes what is external from the package.json where it runs: the contracts are inlined, code and types.
  process.chdir(out);
  await build({
    config: false,
    entry: { index: join(root, 'src', 'index.ts') },
    outDir: out,
    format: ['cjs', 'esm'],
    target: 'node20',
    tsconfig: join(root, 'scripts', 'tsconfig.bundle.json'),
    removeNodeProtocol: false,
    // tsup sets `baseUrl`, which this TypeScript calls deprecated, and to which `paths` are relative then.
    dts: { compilerOptions: { ignoreDeprecations: '6.0', baseUrl: join(root, 'scripts') } },
    silent: true,
  });
}

/** Nothing of the workspace may be left in what is published. */
function lookForWorkspaceNames() {
  for (const file of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts']) {
    const left = readFileSync(join(out, file), 'utf8').match(/(?<![.\w])(?:from|import|require)[ (]*['"](?!node:|zod['"])[^'"]+['"]/);
    if (left !== null) throw new Error(`${file} imports what is not published: ${left[0]}`);
  }
}

async function lint(tarball) {
  const bytes = readFileSync(tarball);
  const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
  if (messages.length > 0) throw new Error(`publint:\n${messages.map((message) => formatMessage(message, pkg)).join('\n')}`);
  run('attw', process.execPath, [
    require.resolve('@arethetypeswrong/cli/package.json').replace('package.json', 'dist/index.js'),
    tarball,
    '--no-definitely-typed',
  ]);
}

const NAMES = ['HubClient', 'pushRows', 'CallAnswerer', 'pushListener', 'PollLoop', 'ExactlyOnceOrders', 'FileLedger', 'MemoryStore'];
const USE = `
for (const name of ${JSON.stringify(NAMES)}) if (typeof sdk[name] !== 'function') throw new Error(name + ' is missing');
const store = new sdk.MemoryStore();
store.put('items', { sku: 'A-1', contentHash: '75e0d458fc2da40b5b8b8b614d0192e9' });
const { count, digest } = store.root('items');
if (count !== 1 || digest !== '567ec630a3593dc0') throw new Error('digests are wrong: ' + count + ' ' + digest);
const client = new sdk.HubClient({ baseUrl: 'http://127.0.0.1:1', credentials: () => ({ vendorId: 'v', token: 't' }), retry: { attempts: 1 } });
client.me().then(() => process.exit(1), (error) => { if (!(error instanceof sdk.HubError) || error.kind !== 'unreachable') throw error; });
`;

/** Installs the tarball into an empty project, and uses it there in every way. */
function consume(tarball, folder) {
  const modules = join(folder, 'node_modules');
  const installed = join(modules, manifest.name);
  mkdirSync(installed, { recursive: true });
  mkdirSync(join(modules, '@types'));
  run('tar', 'tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const name of ['zod', '@types/node']) symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  writeFileSync(join(folder, 'esm.mjs'), `import * as sdk from '${manifest.name}';${USE}`);
  writeFileSync(join(folder, 'cjs.cjs'), `const sdk = require('${manifest.name}');${USE}`);
  for (const file of ['esm.mjs', 'cjs.cjs']) run(`use it from ${file}`, process.execPath, [file], folder);
  const example = readFileSync(join(root, 'examples', 'agent.ts'), 'utf8');
  for (const file of ['agent.mts', 'agent.cts']) writeFileSync(join(folder, file), example);
  const tsc = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node'];
  run('type-check the example', process.execPath, [tsc, ...options, '--module', 'nodenext', 'agent.mts', 'agent.cts'], folder);
}

const folder = mkdtempSync(join(tmpdir(), 'agent-sdk-'));
try {
  await bundle();
  lookForWorkspaceNames();
  const [{ filename, size, unpackedSize }] = JSON.parse(run('npm pack', 'npm', ['pack', '--json', '--pack-destination', folder], out));
  const tarball = join(folder, filename);
  await lint(tarball);
  consume(tarball, folder);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${filename}: ${Math.ceil(size / 1024)} KB, ${Math.ceil(unpackedSize / 1024)} KB unpacked; as it should be. ${seconds} s\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
