// What needs programs of the system besides the hub: `pnpm test:tools`.
module.exports = { ...require('./jest.config.js'), testMatch: ['<rootDir>/test/tools/**/*.tools.ts'], maxWorkers: 1 };
