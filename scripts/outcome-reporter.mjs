// A reporter of vitest: writes how many tests passed, failed and were skipped to the file that RSOLV_TEST_OUTCOME names.
import { writeFileSync } from 'node:fs';

export default class OutcomeReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const outcome = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that is still pending did not end.
        outcome[state === 'pending' ? 'failed' : state] += 1;
      }
      // A file that can't be loaded has no tests.
      if (module.errors().length > 0) outcome.failed += 1;
    }
    writeFileSync(process.env.RSOLV_TEST_OUTCOME, JSON.stringify(outcome));
  }
}
