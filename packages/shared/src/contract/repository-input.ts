import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType, parseRepositoryPath, type ForgeType, type RepositoryPath } from './forge.ts';

/** Which repository a call is about. */
export const repositoryFields = {
  forge: forgeType.default('github'),
  repo: z
    .string(expected('a string'))
    .min(1, 'must not be empty')
    .meta({
      description:
        'The repository: on GitHub `owner/name`, on GitLab `group/project` with all subgroups between. ' +
        'Letter case does not matter.',
      examples: ['RSOLV-dev/nodegoat-vulnerability-demo', 'acme/backend/api'],
    }),
};

/** A repository, by what its forge calls it. */
export interface RepositoryRef extends RepositoryPath {
  readonly forge: ForgeType;
}

/** Replaces `repo` with the namespace and name in it, by the forge's own rules. */
export function resolveRepository(
  input: { forge: ForgeType; repo: string },
  context: z.core.$RefinementCtx,
): RepositoryRef {
  const path = parseRepositoryPath(input.forge, input.repo);
  if ('problem' in path) {
    context.addIssue({ code: 'custom', path: ['repo'], message: path.problem, input: input.repo });
    return z.NEVER;
  }
  return { forge: input.forge, ...path };
}
