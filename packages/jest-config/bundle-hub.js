// Tests start the hub over a hundred times, and four fifths of a start go into finding and compiling some 1,500 files. One
// file with the same code starts in a quarter of that. What is shipped is what was built: demo, boot tests and bench start that.
// One thing differs: tokens are hashed with bcrypt's least cost, unless BCRYPT_ROUNDS says another; at 10 rounds that took an
// eighth of all the time of the tests. That the hub as it is shipped takes 10 is tested beside the code (agent-tokens.test.ts).
const { randomBytes } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const esbuild = require('esbuild');

const LONGEST_RUN_MS = 3_600_000;

// Packages that Nest and Fastify look for and do without, native ones, and the servers of development.
const LEFT_OUT = [
  'bcrypt',
  'pg-native',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@grpc',
  '@mikro-orm/core',
  '@nestjs/microservices',
  '@nestjs/mongoose',
  '@nestjs/platform-express',
  '@nestjs/sequelize',
  '@nestjs/typeorm',
  '@nestjs/websockets',
  '@repo/dev-stack',
  'class-transformer',
  'class-validator',
];

/**
 * Makes one file of the built hub, and gives the file to start instead of `apps/api/dist/main.js`.
 * @param root of the workspace
 */
async function bundleHub(root) {
  const dist = path.join(root, 'apps/api/dist');
  if (!existsSync(path.join(dist, 'main.js'))) throw new Error('the hub is not built: run `pnpm build` first');
  removeLeftovers(dist);
  const mark = randomBytes(6).toString('hex');
  const code = path.join(dist, `under-test-${mark}.cjs`);
  await esbuild.build({
    entryPoints: [path.join(dist, 'main.js')],
    outfile: code,
    bundle: true,
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'error',
    external: LEFT_OUT.flatMap((name) => [name, `${name}/*`]),
    define: { 'import.meta.url': 'urlOfThisFile' },
    banner: { js: "const urlOfThisFile = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [placesOfTheirOwn(), cheapHashes()],
  });
  const start = path.join(dist, `under-test-${mark}.js`);
  writeFileSync(start, starter(code));
  // The first start leaves the compiled code behind for the others; it ends at its missing settings.
  spawnSync(process.execPath, [start], { env: { NODE_ENV: 'production', WRITE_COMPILED: '1' }, stdio: 'ignore' });
  return {
    main: start,
    remove: () => [start, code, `${code}.compiled`].forEach((file) => rmSync(file, { force: true })),
  };
}

/** What of an earlier run was left behind when it was killed goes. */
function removeLeftovers(dist) {
  for (const name of readdirSync(dist).filter((each) => each.startsWith('under-test-'))) {
    const file = path.join(dist, name);
    if (statSync(file, { throwIfNoEntry: false })?.mtimeMs < Date.now() - LONGEST_RUN_MS) rmSync(file, { force: true });
  }
}

/** For `globalSetup`: TEST_HUB_MAIN is what tests start. */
async function setup(root) {
  const bundle = await bundleHub(root);
  process.env.TEST_HUB_MAIN = bundle.main;
  // Jest hands nothing from set-up to tear-down; both run in one process.
  globalThis.hubBundle = bundle;
}

/** For `globalTeardown`. */
function teardown() {
  globalThis.hubBundle?.remove();
}

module.exports = { bundleHub, setup, teardown };

/** Files that look for others beside themselves keep doing so. */
function placesOfTheirOwn() {
  return {
    name: 'places-of-their-own',
    setup(build) {
      build.onLoad({ filter: /[\\/](shared|api)[\\/]dist[\\/].*\.js$/ }, ({ path: file }) => {
        const contents = readFileSync(file, 'utf8');
        if (!contents.includes('__dirname')) return undefined;
        return { contents: contents.replaceAll('__dirname', JSON.stringify(path.dirname(file))), loader: 'js' };
      });
    },
  };
}

const ROUNDS = "(process.env.BCRYPT_ROUNDS ?? '04')";

/** Instead of 50 ms of a core for each token that is hashed or checked: one. */
function cheapHashes() {
  return {
    name: 'cheap-hashes',
    setup(build) {
      build.onLoad({ filter: /[\\/]agents[\\/]agent-tokens\.js$/ }, ({ path: file }) => {
        const contents = readFileSync(file, 'utf8');
        const [before, between, after, more] = contents.split(/(?<=ROUNDS = )10(?=;)|(?<='[$]2b[$])10(?=[$])/);
        if (after === undefined || more !== undefined) throw new Error(`${file}: where is the cost of bcrypt?`);
        return { contents: `${before}Number(${ROUNDS})${between}' + ${ROUNDS} + '${after}`, loader: 'js' };
      });
    },
  };
}

function starter(code) {
  return `// Starts the bundle with what a start before has compiled of it.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const filename = ${JSON.stringify(code)};
const compiled = filename + '.compiled';
const script = new vm.Script(Module.wrap(readFileSync(filename, 'utf8')), {
  filename,
  cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined,
  importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const made = new Module(filename, null);
if (process.env.WRITE_COMPILED) process.on('exit', () => writeFileSync(compiled, script.createCachedData()));
script.runInThisContext()(made.exports, Module.createRequire(filename), made, filename, path.dirname(filename));
`;
}
