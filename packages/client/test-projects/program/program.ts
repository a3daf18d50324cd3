// Everything that the package can do, as a program of somebody who installed it: each step throws where the package
// does not do what it says. Prints what became of each.
import { actionSteps } from './action-steps.js';
import { explain } from './explain.js';
import { failureSteps } from './failure-steps.js';
import { testingSteps } from './testing-steps.js';
import { typedSteps } from './typed-steps.js';

async function run(): Promise<void> {
  const outcomes: Record<string, string> = {};
  for (const [name, step] of Object.entries({ ...typedSteps, ...failureSteps, ...actionSteps, ...testingSteps })) {
    try {
      await step();
      outcomes[name] = 'ok';
    } catch (thrown) {
      outcomes[name] = `${explain(thrown)}\n${thrown instanceof Error ? thrown.stack : ''}`;
    }
  }
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
}

void run();
