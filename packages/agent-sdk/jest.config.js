module.exports = require('@repo/jest-config')(__dirname, {
  // The example says what everyone writes: the name of the package.
  moduleNameMapper: { '^@erp-sync-hub/agent-sdk$': '<rootDir>/src/index.ts' },
});
