import type { Command } from 'commander';
import type { Kysely } from 'kysely';
import type { Tables } from '../../database/open-database.ts';
import type { ListRequest } from '../../database/page.ts';
import type { CommandContext } from '../command-context.ts';
import { followPages, type PrintedPage } from '../follow-pages.ts';
import { printPages } from '../print-pages.ts';
import type { JsonOption } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { customerOption, jsonOption } from './arguments.ts';

/** A list of what customers have. */
interface CustomerList {
  readonly description: string;
  readonly whenEmpty: string;
  /** What `--active` lists; without it, there is no such option. */
  readonly active?: string;
  /** Reads a page of one customer, or of all customers. */
  readonly read: (kysely: Kysely<Tables>, request: ListRequest & { isActive: boolean }) => Promise<PrintedPage>;
}

interface ListOptions extends JsonOption {
  readonly customer?: string;
  readonly active?: boolean;
}

/** Adds a `list` command, for one customer or for all. */
export function addListCommand(
  parent: Command,
  context: CommandContext,
  { description, whenEmpty, active, read }: CustomerList,
): void {
  const command = parent
    .command('list')
    .description(description)
    .addOption(customerOption().makeOptionMandatory(false));
  if (active !== undefined) command.option('--active', active);
  command.addOption(jsonOption()).action(({ customer, active: isActive = false, ...options }: ListOptions) =>
    withDatabase(context, 'read', async ({ database }) => {
      const { findCustomer } = await import('../../accounts/find-customer.ts');
      const customerId = customer === undefined ? null : (await findCustomer(database.fork(), customer)).id;
      const pages = followPages((page) => read(database.kysely, { ...page, customerId, isActive }));
      await printPages(context.output, { pages, whenEmpty }, options);
    }),
  );
}
