import { z } from 'zod';
import { describeValue, expected } from './expected.ts';

/** Where repositories live. */
export const forgeTypes = ['github', 'gitlab'] as const;

/** One of {@link forgeTypes}. */
export const forgeType = z
  .enum(forgeTypes, expected(`one of ${forgeTypes.join(', ')}`))
  .meta({ id: 'ForgeType', description: 'Where the repository lives.' });

/** Where a repository lives. */
export type ForgeType = (typeof forgeTypes)[number];

interface NameRule {
  /** What the forge calls it. */
  readonly label: string;
  readonly pattern: RegExp;
  readonly maxLength: number;
  /** What the pattern wants, to follow "a … has". */
  readonly expected: string;
}

interface Forge {
  /** A whole repository path. */
  readonly path: { readonly pattern: RegExp; readonly expected: string };
  /** One level of a namespace. */
  readonly namespace: NameRule;
  /** How deep namespaces nest; 1 where they don't. */
  readonly maxLevels: number;
  readonly name: NameRule;
}

/** What GitLab reads by: since 14.9 it accepts less for new projects, and older ones keep their names. */
const gitlabName = {
  pattern: /^(?!\.{1,2}$)(?!.*\.(?:git|atom)$)[a-z0-9_.][a-z0-9_.-]*$/i,
  maxLength: 255,
  expected:
    'only letters, digits, dots, hyphens and underscores, does not begin with a hyphen, and does not end in .git or .atom',
};

const gitlabGroup = {
  ...gitlabName,
  pattern: /^(?!.*(?:\.git|\.atom|\.)$)[a-z0-9_.][a-z0-9_.-]*$/i,
  expected: `${gitlabName.expected}, or in a dot`,
};

/**
 * What each forge accepts as a name. GitHub's rules as its sign-up and rename forms state them: owners have
 * letters, digits and hyphens, and underscores where an enterprise manages them; repositories also dots.
 * GitLab's as https://docs.gitlab.com/user/reserved_names/ and https://docs.gitlab.com/user/group/subgroups/ do:
 * a group and up to 20 levels of subgroups.
 */
const forges: Record<ForgeType, Forge> = {
  github: {
    path: { pattern: /^[^/]+\/[^/]+$/, expected: '"owner/name", with one slash' },
    namespace: {
      label: 'GitHub owner',
      pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      maxLength: 100,
      expected: 'only letters, digits, hyphens and underscores',
    },
    maxLevels: 1,
    name: {
      label: 'GitHub repository name',
      pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/,
      maxLength: 100,
      expected: 'only letters, digits, dots, hyphens and underscores',
    },
  },
  gitlab: {
    path: { pattern: /^[^/]+(?:\/[^/]+)+$/, expected: '"group/project" or "group/subgroup/project"' },
    namespace: { label: 'GitLab group', ...gitlabGroup },
    maxLevels: 21,
    name: { label: 'GitLab project', ...gitlabName },
  },
};

/** GitLab renames may make a path longer than it lets anybody type; an index entry has room for this much. */
const maxNamespaceLength = 1000;

/** What is wrong with a namespace of that forge, or undefined if nothing is. */
export function namespaceProblem(forge: ForgeType, namespace: string): string | undefined {
  const { namespace: rule, maxLevels } = forges[forge];
  if (maxLevels === 1) return nameProblem(rule, namespace);
  if (namespace.length > maxNamespaceLength) {
    return `the ${rule.label} with all its subgroups has ${namespace.length} characters, ${maxNamespaceLength} are allowed`;
  }
  const levels = namespace.split('/');
  if (levels.length > maxLevels) {
    return `the ${rule.label} has ${levels.length - 1} levels of subgroups, ${maxLevels - 1} are allowed`;
  }
  return levels.map((level) => nameProblem(rule, level)).find((problem) => problem !== undefined);
}

/** A repository's namespace and name. */
export interface RepositoryPath {
  /** On GitLab with its subgroups, as in `group/subgroup`. */
  readonly namespace: string;
  readonly name: string;
}

/** Splits a repository's path at its last slash, or says what is wrong with it. */
export function parseRepositoryPath(forge: ForgeType, repo: string): RepositoryPath | { problem: string } {
  const { path, name: rule } = forges[forge];
  if (!path.pattern.test(repo)) return { problem: `must be ${path.expected}; got ${describeValue(repo)}` };
  const slash = repo.lastIndexOf('/');
  const [namespace, name] = [repo.slice(0, slash), repo.slice(slash + 1)];
  const problem = namespaceProblem(forge, namespace) ?? nameProblem(rule, name);
  return problem === undefined ? { namespace, name } : { problem };
}

function nameProblem({ label, pattern, maxLength, expected }: NameRule, name: string): string | undefined {
  if (name.length > maxLength) return `the ${label} has ${name.length} characters, ${maxLength} are allowed`;
  return pattern.test(name) ? undefined : `a ${label} has ${expected}; got ${describeValue(name)}`;
}
