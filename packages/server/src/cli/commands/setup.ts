import type { Command } from 'commander';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { customerOption, forgeOption, jsonOption, namespaceOption, requireNamespace } from './arguments.ts';

interface SetupOptions extends JsonOption {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly key: boolean;
}

export function addSetupCommand(program: Command, context: CommandContext): void {
  const { output } = context;
  program
    .command('setup')
    .description('set up a customer with an API key and a verified forge account')
    .addOption(customerOption("the customer's name; created if there is no such customer"))
    .addOption(namespaceOption())
    .addOption(forgeOption())
    .option('--no-key', 'create no API key, for a customer who has one')
    .addOption(jsonOption())
    .action(async ({ customer, forge, namespace, key, ...options }: SetupOptions) => {
      requireNamespace(forge, namespace);
      await withDatabase(context, 'setUp', async ({ database, keyRing, by }) => {
        const { setUpAccess, setUpCustomer } = await import('../../accounts/set-up-customer.ts');
        const request = { customerName: customer, forge, namespace, by };
        if (!key) {
          const { customer: found, forgeAccountId } = await setUpAccess(database.fork(), request);
          return printRecord(output, { customerId: found.id, forgeAccountId }, options);
        }
        const { isNewCustomer, ...record } = await setUpCustomer(database.fork(), await keyRing(), request);
        printRecord(output, record, options);
        if (options.json) return;
        output.print('Keep the API key: it is not shown again.');
        if (isNewCustomer) return;
        output.print(
          'The customer existed before, and its other API keys stay valid. To set up a namespace without another key, use --no-key.',
        );
      });
    });
}
