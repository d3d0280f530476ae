// One Jest set-up for every package: swc to CommonJS, also for the ESM-only packages of Nest and its relatives.
const path = require('node:path');

const esmOnly = ['@nestjs', 'file-type', 'load-esm', 'strtok3', 'token-types', 'uint8array-extras', '@tokenizer', '@borewit'];

const swc = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: true,
};

/** The Jest configuration of one package. `overrides` adds what only that package needs (globalSetup, maxWorkers …). */
module.exports = function jestConfig(rootDir, overrides = {}) {
  const results = process.env.TEST_RESULTS_DIR;
  const name = require(path.join(rootDir, 'package.json')).name.replace(/[^a-z-]+/g, '_');
  return {
    rootDir,
    testEnvironment: 'node',
    roots: ['<rootDir>/src', ...(require('node:fs').existsSync(path.join(rootDir, 'test')) ? ['<rootDir>/test'] : [])],
    moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
    transform: { '^.+\\.(ts|js|mjs)$': [require.resolve('@swc/jest'), { ...swc, swcrc: false }] },
    transformIgnorePatterns: [`/node_modules/(?!\\.pnpm/|(?:${esmOnly.join('|')})(?:/|$))`],
    testTimeout: 60_000,
    ...(results ? { reporters: ['default', [require.resolve('./totals-reporter.js'), { file: path.join(results, `${name}.json`) }]] } : {}),
    ...overrides,
  };
};
