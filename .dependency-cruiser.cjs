// The arrows of the house: who may import whom. `pnpm architecture` checks them; docs/architecture.md explains them.
//
// A workspace package is read through tsconfig.architecture.json as its source, not as its build, so that one graph covers
// everything and nothing has to be built first. `BUILT` keeps each rule true for an import that lands in a build all the same.

const BUILT = '(src|dist|test)';
const TEST = '(\\.test\\.ts$|^(apps|packages)/[^/]+/test/)';
// Loaded by `node --require`, not by an import.
const PRELOADED = '^apps/demo/src/hub/end-with-parent\\.ts$';
const MODULES = '^apps/api/src/modules/';

/** Names of packages, as they look when resolved and when not. */
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

/** A feature of the API that may import these other features, and none besides. */
const feature = (name, folder, ...allowed) => ({
  name: `feature-${name}`,
  comment: `modules/${folder} may import ${allowed.length === 0 ? 'no other feature' : `of the other features only ${allowed.join(', ')}`}.`,
  severity: 'error',
  from: { path: `${MODULES}${folder}/` },
  to: { path: MODULES, pathNot: [folder, ...allowed].map((one) => `${MODULES}${one}/`) },
});

/** A workspace package whose code may import these other ones, and none besides. `tests` may be imported by its tests, too. */
const workspace = (name, allowed, tests = []) => [
  {
    name: `package-${name}`,
    comment: `packages/${name} may import of ours only: ${['itself', ...allowed].join(', ')}.`,
    severity: 'error',
    from: { path: `^packages/${name}/${BUILT}/`, pathNot: TEST },
    to: { path: '^(apps|packages)/', pathNot: [name, ...allowed].map((one) => `^packages/${one}/`) },
  },
  {
    name: `package-${name}-tests`,
    comment: `Tests of packages/${name} may import of ours only: ${['itself', ...allowed, ...tests].join(', ')}.`,
    severity: 'error',
    from: { path: `^packages/${name}/.*${TEST}|^packages/${name}/test/` },
    to: { path: '^(apps|packages)/', pathNot: [name, ...allowed, ...tests].map((one) => `^packages/${one}/`) },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },

    // --- packages ---------------------------------------------------------------------------------------------------------
    ...workspace('contracts', []),
    ...workspace('shared', ['contracts'], ['dev-stack']),
    ...workspace('sample-data', ['contracts']),
    ...workspace('dev-stack', []),
    ...workspace('stand-in-erp', ['contracts', 'agent-sdk']),
    ...workspace('chaos-kit', ['contracts', 'agent-sdk', 'dev-stack', 'stand-in-erp'], ['jest-config']),
    ...workspace('agent-sdk', ['contracts']),
    ...workspace('terminal', []),
    {
      name: 'packages-know-no-framework',
      comment: 'packages/shared and packages/contracts run without Nest, Fastify, BullMQ and Redis: what needs them is in the API.',
      severity: 'error',
      from: { path: `^packages/(shared|contracts)/${BUILT}/` },
      to: { path: packages('@nestjs', '@nest-lab', 'nestjs-pino', '@fastify', 'fastify', 'bullmq', 'ioredis') },
    },
    {
      name: 'contracts-know-no-server',
      comment: 'packages/contracts is for both sides of the wire: no database, no logger.',
      severity: 'error',
      from: { path: `^packages/contracts/${BUILT}/` },
      to: { path: packages('pg', 'drizzle-orm', 'pino') },
    },

    {
      name: 'sdk-knows-no-framework',
      comment: 'Whoever writes an agent takes the SDK and nothing of the hub along.',
      severity: 'error',
      from: { path: `^packages/agent-sdk/${BUILT}/` },
      to: { path: packages('@nestjs', '@nest-lab', '@fastify', 'fastify', 'bullmq', 'ioredis', 'pg', 'drizzle-orm', 'pino') },
    },

    // --- apps -------------------------------------------------------------------------------------------------------------
    {
      name: 'apps-stay-apart',
      comment: 'An app never imports another app. What two need is a package; what one wants of another goes over the wire.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-know-no-app',
      comment: 'Packages are below the apps.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '(^apps/|(^|node_modules/)@apps/)' },
    },
    {
      name: 'agent-uses-the-public-contract',
      comment: 'The agent stands at the vendor: it knows the SDK and the contract, nothing of the hub.',
      severity: 'error',
      from: { path: '^apps/agent/src/', pathNot: TEST },
      to: { path: '^packages/', pathNot: '^packages/(agent-sdk|contracts|terminal)/' },
    },
    {
      name: 'connectors-know-no-hub',
      comment: 'Connectors read and write a source: what is sent, and when, is the business of the agent.',
      severity: 'error',
      from: { path: '^apps/agent/src/connectors/' },
      to: { path: '^(apps/agent/src|packages/agent-sdk)/', pathNot: '^apps/agent/src/connectors/' },
    },
    {
      name: 'gameday-from-outside',
      comment:
        'The game day sees the hub as ops, shops and vendors do: it starts processes, and knows the contract and nothing of their code.',
      severity: 'error',
      from: { path: '^apps/gameday/src/', pathNot: TEST },
      to: { path: '^packages/', pathNot: '^packages/(chaos-kit|contracts|dev-stack|terminal)/' },
    },
    {
      name: 'api-no-sample-data',
      comment: 'Invented rows and ERPs are for the demo, the bench and tests.',
      severity: 'error',
      from: { path: '^apps/api/src/', pathNot: TEST },
      to: { path: '^packages/(sample-data|stand-in-erp|chaos-kit)/' },
    },
    {
      name: 'api-dev-stack-only-in-config',
      comment: 'Only config/ may start the embedded servers.',
      severity: 'error',
      from: { path: '^apps/api/src/', pathNot: ['^apps/api/src/config/', TEST] },
      to: { path: '^packages/dev-stack/' },
    },
    {
      name: 'api-dev-stack-only-dynamic',
      comment: 'A production image leaves the embedded servers out: they are imported by `await import(…)`, where they are started.',
      severity: 'error',
      from: { path: '^apps/api/src/config/', pathNot: TEST },
      to: { path: '^packages/dev-stack/', dynamic: false },
    },

    // --- the API ----------------------------------------------------------------------------------------------------------
    {
      name: 'config-is-at-the-bottom',
      comment: 'config/ reads settings and nothing else.',
      severity: 'error',
      from: { path: '^apps/api/src/config/' },
      to: { path: '^apps/api/src/', pathNot: '^apps/api/src/config/' },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'platform/ may import config/ and packages. What a feature gives it comes through a token or an event.',
      severity: 'error',
      from: { path: '^apps/api/src/platform/' },
      to: { path: '^apps/api/src/', pathNot: '^apps/api/src/(platform|config)/|^apps/api/src/version\\.ts$' },
    },
    {
      name: 'features-know-no-boot',
      comment: 'main, start-hub, create-app and app.module put the features together; a feature never reaches up to them.',
      severity: 'error',
      from: { path: MODULES },
      to: { path: '^apps/api/src/(main|start-hub|create-app|app\\.module)\\.ts$' },
    },
    feature('health', 'health'),
    feature('queue-board', 'queue-board'),
    feature('catalogue', 'catalogue'),
    feature('orders', 'orders'),
    feature('agents', 'sync/agents'),
    feature('mappings', 'sync/mappings'),
    feature('snapshots', 'sync/snapshots'),
    feature('ingest', 'sync/ingest', 'sync/mappings', 'sync/agents', 'sync/snapshots'),
    feature('reconciliation', 'sync/reconciliation', 'sync/ingest', 'sync/mappings', 'sync/agents', 'sync/breaker'),
    feature('breaker', 'sync/breaker'),
    feature('alerts', 'sync/alerts', 'sync/breaker'),
    feature('delivery', 'sync/delivery', 'orders', 'sync/agents', 'sync/breaker'),
    {
      name: 'maintenance-is-on-top',
      comment: 'modules/sync/maintenance may see every feature; none sees it. Only sync.module.ts puts it in.',
      severity: 'error',
      from: { path: '^apps/api/src/', pathNot: [`${MODULES}sync/maintenance/`, `${MODULES}sync/sync\\.module\\.ts$`] },
      to: { path: `${MODULES}sync/maintenance/` },
    },

    // --- what a file may lean on ------------------------------------------------------------------------------------------
    {
      name: 'no-unresolved',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared',
      // The check of what is published bundles with a tool that wants the TypeScript of the root, and so stands beside it there.
      comment: "The package is not in this workspace package's package.json.",
      severity: 'error',
      from: { pathNot: '^packages/agent-sdk/scripts/pack-check[.]mjs$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-dependency',
      comment: 'Code that runs in production may not lean on what is installed for development only. Types are gone by then.',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-import-of-tests',
      comment: 'Tests are leaves.',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-orphan',
      comment: 'Nothing imports this file and it imports nothing: it is an entry point that belongs on the list, or it can go.',
      severity: 'error',
      from: { orphan: true, pathNot: ['^apps/[^/]+/src/main\\.ts$', '\\.cli\\.ts$', '\\.d\\.ts$', PRELOADED] },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.architecture.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^(apps|packages)/[^/]+/dist/'] },
    exclude: { path: '^(apps|packages)/[^/]+/(node_modules|coverage|drizzle)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'module', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
