// One at a time: each of these tests runs a whole installation.
module.exports = require('@repo/jest-config')(__dirname, { maxWorkers: 1 });
