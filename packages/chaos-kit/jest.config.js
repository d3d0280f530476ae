module.exports = require('@repo/jest-config')(__dirname, {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // One at a time: each of these tests runs a whole installation.
  maxWorkers: 1,
});
