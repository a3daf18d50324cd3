import type { Command } from 'commander';
import type { EntityManager } from '../../database/open-database.ts';
import { withDatabase, type CommandContext } from '../command-context.ts';
import { printList, type JsonOption, type PrintedRecord } from '../records.ts';
import { customerOption, jsonOption } from './arguments.ts';

/** A list of what customers own. */
interface OwnedList {
  readonly description: string;
  readonly whenEmpty: string;
  /** Of one customer, or of all. */
  readonly load: (em: EntityManager, customerId?: string) => Promise<PrintedRecord[]>;
}

/** Adds a `list` command, for one customer or for all. */
export function addListCommand(
  parent: Command,
  context: CommandContext,
  { description, whenEmpty, load }: OwnedList,
): void {
  parent
    .command('list')
    .description(description)
    .addOption(customerOption().makeOptionMandatory(false))
    .addOption(jsonOption())
    .action(({ customer, ...options }: JsonOption & { customer?: string }) =>
      withDatabase(context, async ({ database }) => {
        const { findCustomer } = await import('../../accounts/find-customer.ts');
        const em = database.fork();
        const owner = customer === undefined ? undefined : await findCustomer(em, customer);
        printList(context.output, { records: await load(em, owner?.id), whenEmpty }, options);
      }),
    );
}
