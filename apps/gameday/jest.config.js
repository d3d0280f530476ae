module.exports = require('@repo/jest-config')(__dirname);
