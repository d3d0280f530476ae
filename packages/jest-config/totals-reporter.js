// Leaves a package's totals where the root test command adds them up.
const fs = require('node:fs');

module.exports = class TotalsReporter {
  constructor(_globalConfig, options) {
    this.file = options.file;
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, numRuntimeErrorTestSuites } = results;
    // A suite that cannot even be loaded counts as one failure, or it would vanish from the total.
    fs.writeFileSync(this.file, JSON.stringify({ passed, failed: numFailedTests + numRuntimeErrorTestSuites, skipped }));
  }
};
