import { z } from 'zod';
import { forgeType } from './forge.ts';
import { nextCursor, pageFields } from './page.ts';
import { strictObject } from './strict-object.ts';
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
