import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addListCommand } from './list-command.ts';

export function addRepositoryCommands(program: Command, context: CommandContext): void {
  const repositories = program.command('repository').description('show the repositories that results were stored for');
  addListCommand(repositories, context, {
    description: 'list repositories, the most recently created first',
    whenEmpty: 'There are no repositories yet. The first store for a repository creates it.',
    read: async (kysely, request) => {
      const { listRepositories } = await import('../../phases/list-repositories.ts');
      const { repositories: listed, nextCursor } = await listRepositories(kysely, request, undefined);
      const records = listed.map(({ id, forge, repo, firstSeenAt, lastActivityAt }) => ({
        repositoryId: id,
        forge,
        repo,
        firstSeenAt,
        lastActivityAt,
      }));
      return { records, nextCursor };
    },
  });
}
