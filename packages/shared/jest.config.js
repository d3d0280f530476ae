module.exports = require('@repo/jest-config')(__dirname, {
  globalSetup: require.resolve('@repo/dev-stack/jest-setup'),
  globalTeardown: require.resolve('@repo/dev-stack/jest-teardown'),
});
