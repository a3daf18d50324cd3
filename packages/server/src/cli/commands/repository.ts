import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { RepositoryOutput } from '@rsolv/shared/contract/repository';
import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { withDatabase } from '../with-database.ts';
import { customerOption, forgeOption, jsonOption, parseRepository } from './arguments.ts';
import { addListCommand } from './list-command.ts';

export function addRepositoryCommands(program: Command, context: CommandContext): void {
  const repositories = program.command('repository').description('show the repositories that results were stored for');
  addListCommand(repositories, context, {
    description: 'list repositories, the most recently created first',
    whenEmpty: 'There are no repositories yet. The first store for a repository creates it.',
    read: async (kysely, request) => {
      const { listRepositories } = await import('../../accounts/list-repositories.ts');
      const { repositories: listed, nextCursor } = await listRepositories(kysely, request, undefined);
      return { records: listed.map(describe), nextCursor };
    },
  });
  addRenameCommand(repositories, context);
}

interface RenameOptions extends JsonOption {
  readonly customer: string;
  readonly forge: ForgeType;
  readonly from: string;
  readonly to: string;
}

function addRenameCommand(repositories: Command, context: CommandContext): void {
  repositories
    .command('rename')
    .description('give a repository that was renamed or transferred its new name; its executions stay together')
    .addOption(customerOption())
    .addOption(forgeOption())
    .addOption(new Option('--from <repo>', 'its name so far: owner/name').makeOptionMandatory())
    .addOption(new Option('--to <repo>', 'its new name: owner/name').makeOptionMandatory())
    .addOption(jsonOption())
    .action(({ customer: name, forge, from, to, ...options }: RenameOptions) => {
      const [before, after] = [parseRepository(forge, from, '--from'), parseRepository(forge, to, '--to')];
      return withDatabase(context, 'change', async ({ database, by }) => {
        const { findCustomer } = await import('../../accounts/find-customer.ts');
        const { findRepositoryId } = await import('../../accounts/find-repository-id.ts');
        const { renameRepository } = await import('../../accounts/rename-repository.ts');
        const em = database.fork();
        const customerId = (await findCustomer(em, name)).id;
        const repositoryId = (await findRepositoryId(database.kysely, before)) ?? from;
        const renaming = { customerId, repositoryId, to: after, rights: undefined };
        printRecord(context.output, describe(await renameRepository(em, renaming, by)), options);
        if (!options.json) context.output.print('Renamed.');
      });
    });
}

const describe = ({ id, ...rest }: RepositoryOutput) => ({ repositoryId: id, ...rest });
