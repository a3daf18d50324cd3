import type { Command } from 'commander';
import type { EntityManager } from '../database/open-database.ts';
import { customerOption, jsonOption } from './arguments.ts';
import { withDatabase } from './database-command.ts';
import { printList, type OutputOptions, type Shown } from './output.ts';

/** A list of what customers own. */
interface OwnedList {
  readonly description: string;
  readonly whenEmpty: string;
  /** Of one customer, or of all. */
  readonly load: (em: EntityManager, customerId?: string) => Promise<Shown[]>;
}

/** Adds `list`, for one customer or for all. */
export function addListCommand(parent: Command, { description, whenEmpty, load }: OwnedList): void {
  parent
    .command('list')
    .description(description)
    .addOption(customerOption().makeOptionMandatory(false))
    .addOption(jsonOption())
    .action(({ customer, ...output }: OutputOptions & { customer?: string }) =>
      withDatabase(async ({ database }) => {
        const { findCustomer } = await import('../accounts/find-customer.ts');
        const em = database.fork();
        const owner = customer === undefined ? undefined : await findCustomer(em, customer);
        printList(await load(em, owner?.id), whenEmpty, output);
      }),
    );
}
