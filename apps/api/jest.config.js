module.exports = require('@repo/jest-config')(__dirname, {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // One more than there are cores: much of what flows do is waiting.
  maxWorkers: 3,
});
