import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType, parseRepositoryPath, type ForgeType, type RepositoryPath } from './forge.ts';

/** The fields of an input that name a repository. */
export const repositoryFields = {
  forge: forgeType.default('github'),
  repo: z
    .string(expected('a string'))
    .min(1, 'must not be empty')
    .meta({
      description:
        'The path of the repository: `owner/name` on GitHub, `group/project` with all subgroups on GitLab. Case-insensitive.',
      examples: ['RSOLV-dev/demo', 'acme/backend/api'],
    }),
};

/** A repository: its forge, namespace and name. */
export interface RepositoryRef extends RepositoryPath {
  readonly forge: ForgeType;
}

/** Splits `repo` into namespace and name by the rules of the forge; adds an issue to the context where it is invalid. */
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
