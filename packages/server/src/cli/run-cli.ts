// The `rsolv` command line. Commands import what they work with when they run, so that help and usage errors are fast.
import { styleText } from 'node:util';
import { Command, CommanderError, Help, InvalidArgumentError } from 'commander';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { isDatabaseUnavailable } from '../database/unavailable.ts';
import { version } from '../config/version.ts';
import { OperatorError } from '../config/operator-error.ts';
import { unknownVariableWarnings } from '../config/variables.ts';
import type { CliIo } from './cli-io.ts';
import type { CommandContext, ExitCode, ServerOfCommand } from './command-context.ts';
import { CommandInput } from './command-input.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBackupCommand } from './commands/backup.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addCustomerCommands } from './commands/customer.ts';
import { addExecutionCommands } from './commands/execution.ts';
import { addForgeCommands } from './commands/forge.ts';
import { addImportCommand } from './commands/import.ts';
import { addKeyCommands } from './commands/key.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addPepperCommands } from './commands/pepper.ts';
import { addRepositoryCommands } from './commands/repository.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addWhoamiCommand } from './commands/whoami.ts';
import { secretMask } from './mask-secrets.ts';
import { nameProgram } from './name-program.ts';
import { Output } from './output.ts';
import { FailedOnServerError } from './run-by-server.ts';

/**
 * Runs one command to its end.
 *
 * @param args the words after `rsolv`
 * @param server the server that runs the command for a caller; left out where the command runs in its own process
 * @throws what is a fault of the program itself
 */
export async function runCli(args: readonly string[], io: CliIo, server?: ServerOfCommand): Promise<ExitCode> {
  const mask = secretMask(args, io.env);
  const output = new Output(io, (text) => nameProgram(mask(text), io.program));
  const context = { io, output, args, input: new CommandInput(io), server };
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (thrown) {
    return exitCodeFor(thrown, output);
  }
}

function createProgram(context: CommandContext): Command {
  const { io, output } = context;
  const program = new Command('rsolv')
    .description(
      'Run and administer the RSOLV phase data platform. Settings are environment variables: see rsolv serve --help.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(--help shows the usage)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => output.writeError(text),
      getOutHelpWidth: () => output.width ?? plainHelpWidth,
      getErrHelpWidth: () => plainHelpWidth,
      getOutHasColors: () => output.hasColors('stdout'),
      getErrHasColors: () => output.hasColors('stderr'),
      outputError: (text) => {
        const lines = text.replace(/^error: /, '').trimEnd();
        for (const line of lines.split('\n')) output.printError(line);
      },
    })
    // Commander removes the style where the stream shows no colors.
    .configureHelp({
      styleTitle: (title) => styleText('bold', title, { validateStream: false }),
      optionDescription: (option) => {
        const description = new Help().optionDescription(option);
        return option.mandatory ? `${description} (required)` : description;
      },
    })
    .exitOverride()
    .hook('preAction', (_program, command) => {
      // The server logs them: its standard error has JSON lines only.
      if (command.name() === 'serve') return;
      for (const warning of unknownVariableWarnings(io.env)) output.printWarning(warning);
    });
  for (const add of commands) if (context.server === undefined || commandsForCallers.has(add)) add(program, context);
  return program;
}

type AddCommand = (program: Command, context: CommandContext) => void;

/** In the order of the help. */
const commands: readonly AddCommand[] = [
  (program, context) => addServeCommand(program, context, runCli),
  addMigrateCommand,
  addBackupCommand,
  addSetupCommand,
  addCustomerCommands,
  addKeyCommands,
  addForgeCommands,
  addPepperCommands,
  addRepositoryCommands,
  addExecutionCommands,
  addImportCommand,
  addAuditCommand,
  addWhoamiCommand,
  addCompletionCommand,
];

/** What a server runs for callers. Others need no database, or one that no server uses. */
const commandsForCallers = new Set<AddCommand>([
  addSetupCommand,
  addCustomerCommands,
  addKeyCommands,
  addForgeCommands,
  addRepositoryCommands,
  addExecutionCommands,
  addAuditCommand,
]);

/** Of help in a pipe. */
const plainHelpWidth = 80;

function exitCodeFor(thrown: unknown, output: Output): ExitCode {
  if (thrown instanceof CommanderError) {
    // Commander prints its own errors, but not those that an action throws.
    if (thrown instanceof InvalidArgumentError) output.printError(thrown.message);
    return thrown.exitCode === 0 ? 0 : 2;
  }
  if (thrown instanceof FailedOnServerError) return thrown.exitCode;
  if (thrown instanceof OperatorError || thrown instanceof PlatformError) {
    output.printError(thrown.message);
    return 1;
  }
  if (isDatabaseUnavailable(thrown)) {
    output.printError('The database became unavailable. Check what was done before you repeat the command.');
    return 1;
  }
  throw thrown;
}
