import { z } from 'zod';
import { describe, expected } from './expected.ts';

/** Where repositories live. */
export const forgeTypes = ['github'] as const;

/** One of {@link forgeTypes}. */
export const forgeType = z
  .enum(forgeTypes, expected(`one of ${forgeTypes.join(', ')}`))
  .meta({ id: 'ForgeType', description: 'Where the repository lives.' });
export type ForgeType = z.infer<typeof forgeType>;

interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly expected: string;
}

interface Forge {
  /** The name that people know it by. */
  readonly label: string;
  readonly namespace: NameRule;
  readonly name: NameRule;
}

/**
 * What each forge accepts as a name. GitHub's rules as its sign-up and rename forms state them: owners have
 * letters, digits and hyphens, and underscores where an enterprise manages them; repositories also dots.
 */
export const forges: Record<ForgeType, Forge> = {
  github: {
    label: 'GitHub',
    namespace: {
      pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      maxLength: 100,
      expected: 'letters, digits, hyphens and underscores',
    },
    name: {
      pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/,
      maxLength: 100,
      expected: 'letters, digits, dots, hyphens and underscores',
    },
  },
};

/** What is wrong with a namespace of that forge, or undefined if nothing is. */
export function namespaceProblem(forge: ForgeType, namespace: string): string | undefined {
  return nameProblem(forges[forge].namespace, `${forges[forge].label} owner`, namespace);
}

/** A repository's namespace and name. */
export interface RepositoryPath {
  readonly namespace: string;
  readonly name: string;
}

/** Splits `owner/name`, or says what is wrong with it. */
export function parseRepositoryPath(forge: ForgeType, repo: string): RepositoryPath | { problem: string } {
  const [namespace, name, ...rest] = repo.split('/');
  if (!namespace || !name || rest.length > 0) {
    return { problem: `must be "owner/name", with one slash; got ${describe(repo)}` };
  }
  const problem =
    namespaceProblem(forge, namespace) ??
    nameProblem(forges[forge].name, `${forges[forge].label} repository name`, name);
  return problem === undefined ? { namespace, name } : { problem };
}

function nameProblem(rule: NameRule, label: string, name: string): string | undefined {
  if (name.length > rule.maxLength) {
    return `the ${label} has ${name.length} characters, ${rule.maxLength} are allowed`;
  }
  return rule.pattern.test(name) ? undefined : `a ${label} has only ${rule.expected}; got ${describe(name)}`;
}
