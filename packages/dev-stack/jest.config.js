// Most of what these tests do is waiting for servers.
module.exports = require('@repo/jest-config')(__dirname, { maxWorkers: 2 });
