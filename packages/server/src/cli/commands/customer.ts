import type { InferEntity } from '@mikro-orm/core';
import type { Command } from 'commander';
import { OperatorError } from '../../config/operator-error.ts';
import type { Customer } from '../../entities/customer.ts';
import type { CommandContext } from '../command-context.ts';
import { followPages } from '../follow-pages.ts';
import { printPages } from '../print-pages.ts';
import { printRecord, type JsonOption, type PrintedRecord } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { shellWord } from '../shell-word.ts';
import { jsonOption, parseName } from './arguments.ts';

export function addCustomerCommands(program: Command, context: CommandContext): void {
  const { output } = context;
  const customers = program.command('customer').description('manage customers');

  customers
    .command('create')
    .description('create a customer')
    .argument('<name>', 'a name that no other customer has', parseName)
    .addOption(jsonOption())
    .action((name: string, options: JsonOption) =>
      withDatabase(context, 'create', async ({ database, by }) => {
        const { createCustomer } = await import('../../accounts/create-customer.ts');
        printRecord(output, describe(await createCustomer(database.fork(), name, by)), options);
      }),
    );

  customers
    .command('list')
    .description('list customers')
    .addOption(jsonOption())
    .action((options: JsonOption) =>
      withDatabase(context, 'read', async ({ database }) => {
        const { listCustomers } = await import('../../accounts/list-customers.ts');
        const pages = followPages(async (page) => {
          const { customers, nextCursor } = await listCustomers(database.kysely, page);
          return { records: customers.map(describe), nextCursor };
        });
        const whenEmpty = 'There are no customers yet. Create one with: rsolv setup';
        await printPages(output, { pages, whenEmpty }, options);
      }),
    );

  addRenameCommand(customers, context);
  addActivationCommands(customers, context);
  addDeleteCommand(customers, context);
}

function addRenameCommand(customers: Command, context: CommandContext): void {
  customers
    .command('rename')
    .description('rename a customer; its API keys and data stay')
    .argument('<customer>', 'name or id', parseName)
    .argument('<name>', 'a name that no other customer has', parseName)
    .addOption(jsonOption())
    .action((nameOrId: string, name: string, options: JsonOption) =>
      withDatabase(context, 'change', async ({ database, by }) => {
        const { renameCustomer } = await import('../../accounts/rename-customer.ts');
        printRecord(context.output, describe(await renameCustomer(database.fork(), { nameOrId, name, by })), options);
        if (!options.json) context.output.print('Renamed.');
      }),
    );
}

function addActivationCommands(customers: Command, context: CommandContext): void {
  for (const [verb, active, description, done] of [
    [
      'deactivate',
      false,
      'deactivate a customer: reject all its API keys',
      'Deactivated. Requests with its API keys are refused from now on.',
    ],
    ['activate', true, 'activate a customer: accept its API keys again', 'Activated. Its API keys are valid again.'],
  ] as const) {
    customers
      .command(verb)
      .description(description)
      .argument('<customer>', 'name or id', parseName)
      .addOption(jsonOption())
      .action((nameOrId: string, options: JsonOption) =>
        withDatabase(context, 'change', async ({ database, by }) => {
          const { setCustomerActive } = await import('../../accounts/set-customer-active.ts');
          const changed = await setCustomerActive(database.fork(), { nameOrId, active, by });
          printRecord(context.output, describe(changed), options);
          if (!options.json) context.output.print(done);
        }),
      );
  }
}

function addDeleteCommand(customers: Command, context: CommandContext): void {
  customers
    .command('delete')
    .description('delete a customer with its API keys, forge accounts and executions; its audit events stay')
    .argument('<customer>', 'name or id', parseName)
    .option('--confirm <name>', "the customer's name, to confirm that everything is to be deleted")
    .addOption(jsonOption())
    .action((nameOrId: string, { confirm, ...options }: JsonOption & { confirm?: string }) =>
      withDatabase(context, 'change', async ({ database, by }) => {
        const { findCustomer } = await import('../../accounts/find-customer.ts');
        const { countHoldings, deleteCustomer } = await import('../../accounts/delete-customer.ts');
        const { id, name } = await findCustomer(database.fork(), nameOrId);
        if (confirm !== name) {
          const { apiKeys, forgeAccounts, repositories, executions } = await countHoldings(database, id);
          const word = shellWord(name);
          throw new OperatorError(
            `Deleting the customer "${name}" can't be undone. API keys: ${apiKeys}, forge accounts: ${forgeAccounts}, repositories: ` +
              `${repositories}, executions: ${executions}. To delete them all, run: ` +
              `${context.io.program} customer delete ${word} --confirm ${word}`,
          );
        }
        await context.output.withProgress('Deleting', () => deleteCustomer(database, id, by));
        if (options.json) return printRecord(context.output, { customerId: id, name, deleted: true }, options);
        context.output.print(`Deleted. List its audit events with: ${context.io.program} audit --customer ${id}`);
      }),
    );
}

type CustomerFields = Pick<InferEntity<typeof Customer>, 'id' | 'name' | 'deactivatedAt' | 'createdAt'>;

function describe({ id, name, deactivatedAt, createdAt }: CustomerFields): PrintedRecord {
  return { customerId: id, name, active: deactivatedAt === null, createdAt };
}
