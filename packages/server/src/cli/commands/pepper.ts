import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withDatabase } from '../with-database.ts';

export function addPepperCommands(program: Command, context: CommandContext): void {
  program
    .command('pepper')
    .description('manage the HMAC secret ("pepper") for hashing API keys')
    .command('replace')
    .description(
      'accept the configured pepper in place of one that is lost. All API keys that were hashed with the lost one become ' +
        'invalid; to change a pepper that you have, rotate it: docs/operate/configure.md',
    )
    .option('--invalidate-keys', 'confirm that the existing API keys become invalid')
    .action(async ({ invalidateKeys }: { invalidateKeys?: true }) => {
      if (invalidateKeys === undefined) {
        throw new InvalidArgumentError(
          'All API keys that were hashed with the lost pepper become invalid. To confirm, add --invalidate-keys.',
        );
      }
      await withDatabase(context, 'replacePepper', async ({ database, peppers }) => {
        const { replacePepper } = await import('../../access/installed-pepper.ts');
        const { keyRing, source } = peppers();
        await replacePepper(database.kysely, keyRing);
        context.output.print(
          `The pepper in ${source} is accepted. API keys that were hashed with another one are invalid: revoke them, and ` +
            'create new ones with: rsolv key create',
        );
      });
    });
}
