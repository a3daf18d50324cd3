import type { InferEntity } from '@mikro-orm/core';
import type { Command } from 'commander';
import type { Customer } from '../entities/customer.ts';
import { jsonOption, parseName } from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { printList, printRecord, type OutputOptions, type Shown } from './output.ts';

export function addCustomerCommands(program: Command): void {
  const customers = program.command('customer').description('who owns keys, forge accounts and stored data');

  customers
    .command('create')
    .description('make a customer')
    .argument('<name>', 'a name that no other customer has', parseName)
    .addOption(jsonOption())
    .action((name: string, options: OutputOptions) =>
      withDatabase(async ({ database, by }) => {
        const { createCustomer } = await import('../accounts/create-customer.ts');
        printRecord(show(await createCustomer(database.fork(), name, by)), options);
      }),
    );

  customers
    .command('list')
    .description('show every customer')
    .addOption(jsonOption())
    .action((options: OutputOptions) =>
      withDatabase(async ({ database }) => {
        const { listCustomers } = await import('../accounts/list-customers.ts');
        const all = await listCustomers(database.fork());
        printList(all.map(show), 'There are no customers yet. Make one with: rsolv setup', options);
      }),
    );

  for (const [verb, active] of [
    ['deactivate', false],
    ['activate', true],
  ] as const) {
    customers
      .command(verb)
      .description(active ? 'let the keys of a customer count again' : 'refuse the keys of a customer from now on')
      .argument('<customer>', 'name or id', parseName)
      .addOption(jsonOption())
      .action((customer: string, options: OutputOptions) =>
        withDatabase(async ({ database, by }) => {
          const { setCustomerActive } = await import('../accounts/set-customer-active.ts');
          printRecord(show(await setCustomerActive(database.fork(), { nameOrId: customer, active, by })), options);
        }),
      );
  }
}

function show({ id, name, deactivatedAt, createdAt }: InferEntity<typeof Customer>): Shown {
  return { customerId: id, name, active: deactivatedAt === null, createdAt };
}
