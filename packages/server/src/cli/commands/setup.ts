import type { Command } from 'commander';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { withDatabase, type CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { customerOption, forgeOption, jsonOption, namespaceOption, requireNamespace } from './arguments.ts';

interface SetupOptions extends JsonOption {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly namespace: string;
}

export function addSetupCommand(program: Command, context: CommandContext): void {
  const { output } = context;
  program
    .command('setup')
    .description('set up a customer with an API key and a verified forge account')
    .addOption(customerOption("the customer's name; created if there is no such customer"))
    .addOption(namespaceOption())
    .addOption(forgeOption())
    .addOption(jsonOption())
    .action(async ({ customer, forge, namespace, ...options }: SetupOptions) => {
      requireNamespace(forge, namespace);
      await withDatabase(context, 'setUp', async ({ database, keyRing, by }) => {
        const { setUpCustomer } = await import('../../accounts/set-up-customer.ts');
        const request = { customerName: customer, forge, namespace, by };
        printRecord(output, await setUpCustomer(database.fork(), await keyRing(), request), options);
        if (!options.json) output.print('Keep the API key: it is not shown again.');
      });
    });
}
