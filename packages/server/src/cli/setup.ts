import type { Command } from 'commander';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { customerOption, forgeOption, jsonOption, namespaceOption, requireNamespace } from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { print, printRecord, type OutputOptions } from './output.ts';

interface SetupOptions extends OutputOptions {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly namespace: string;
}

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description('make all that a customer needs: itself, a key, and a verified forge account')
    .addOption(customerOption('what the customer is called; one of that name is used'))
    .addOption(namespaceOption())
    .addOption(forgeOption())
    .addOption(jsonOption())
    .action(async ({ customer, forge, namespace, ...output }: SetupOptions) => {
      requireNamespace(forge, namespace);
      await withDatabase(async ({ database, keyRing, by }) => {
        const { setUpCustomer } = await import('../accounts/set-up-customer.ts');
        printRecord(
          await setUpCustomer(database.fork(), keyRing(), { customerName: customer, forge, namespace, by }),
          output,
        );
        if (!output.json) print('The API key is shown this once: keep it.');
      });
    });
}
