import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType } from './forge.ts';
import { nextCursor, pageFields } from './page.ts';
import { repositoryFields, resolveRepository } from './repository-input.ts';
import { strictObject } from './strict-object.ts';
import { maxLengthError } from './text.ts';
import { timestamp } from './timestamp.ts';

/** A repository that executions were stored for. */
export const repository = z
  .object({
    id: z.uuid().meta({ description: 'The id of the repository on the platform.' }),
    forge: forgeType,
    repo: z.string().meta({ description: 'The path of the repository.', examples: ['RSOLV-dev/demo'] }),
    firstSeenAt: timestamp.meta({ description: 'When the first execution was stored.' }),
    lastActivityAt: timestamp.meta({ description: 'When an execution was last stored, to the minute.' }),
  })
  .meta({ id: 'Repository' });

/** A repository that executions were stored for. */
export type RepositoryOutput = z.infer<typeof repository>;

/** The input that lists a customer's repositories. */
export const listRepositoriesInput = strictObject(pageFields(), 'an object').prefault({});

/** A page of repositories, the newest first. */
export const listRepositoriesOutput = z
  .object({
    repositories: z.array(repository).meta({ description: 'The repositories, the most recently created first.' }),
    nextCursor,
  })
  .meta({ id: 'RepositoryPage' });

/** The fields that rename a repository. */
export const renameRepositoryFields = strictObject(
  {
    id: z.string(expected('a string')).max(100, maxLengthError(100)).meta({
      description: 'The id of the repository.',
      format: 'uuid',
    }),
    forge: forgeType.default('github'),
    repo: repositoryFields.repo.meta({
      description: 'The path that the repository has on its forge now.',
      examples: ['acme/new-name'],
    }),
  },
  'a JSON object',
);

/** The input that renames a repository, parsed to its id and its new name. */
export const renameRepositoryInput = renameRepositoryFields.transform((input, context) => ({
  id: input.id,
  to: resolveRepository(input, context),
}));
