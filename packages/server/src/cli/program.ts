// What the `rsolv` command does. Exit codes: 0 done, 1 not done, 2 called the wrong way. Commands load what they work with
// when they run, so that help and refusals, which need no database, come at once.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { isDatabaseUnavailable } from '../database/unavailable.ts';
import { OperatorError } from '../config/operator-error.ts';
import { addAuditCommand } from './audit.ts';
import { addBackupCommand } from './backup.ts';
import { addCompletionCommand } from './completion.ts';
import { addCustomerCommands } from './customer.ts';
import { addForgeCommands } from './forge.ts';
import { addKeyCommands } from './key.ts';
import { look } from './look.ts';
import { addMigrateCommand } from './migrate.ts';
import { printError } from './output.ts';
import { addServeCommand } from './serve.ts';
import { addSetupCommand } from './setup.ts';
import { addWhoamiCommand } from './whoami.ts';

const program = new Command('rsolv')
  .description(
    'Runs and administers the RSOLV phase data platform. Settings are environment variables: see the README.',
  )
  .helpCommand(false)
  .showHelpAfterError('(--help shows how to call it)')
  .configureOutput({
    outputError: (text) =>
      text
        .replace(/^error: /, '')
        .trimEnd()
        .split('\n')
        .forEach(printError),
  })
  .configureHelp({ styleTitle: (title) => look('bold', title) })
  .exitOverride();

addServeCommand(program);
addMigrateCommand(program);
addBackupCommand(program);
addSetupCommand(program);
addCustomerCommands(program);
addKeyCommands(program);
addForgeCommands(program);
addAuditCommand(program);
addWhoamiCommand(program);
addCompletionCommand(program);

// Whoever read has gone, as head does when it has enough: what is under way is finished all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Commander has told of what it found itself, not of what an action throws.
    if (thrown instanceof InvalidArgumentError) printError(thrown.message);
    process.exitCode = thrown.exitCode === 0 ? 0 : 2;
  } else if (thrown instanceof OperatorError || thrown instanceof PlatformError) {
    printError(thrown.message);
    process.exitCode = 1;
  } else if (isDatabaseUnavailable(thrown)) {
    printError('The database went out of reach. Look at what is done before you try again.');
    process.exitCode = 1;
  } else {
    throw thrown;
  }
}
