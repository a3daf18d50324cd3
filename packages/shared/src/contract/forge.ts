import { z } from 'zod';
import { describeValue, expected } from './expected.ts';

/** The forges: platforms that host repositories. */
export const forgeTypes = ['github', 'gitlab'] as const;

/** One of {@link forgeTypes}. */
export const forgeType = z
  .enum(forgeTypes, expected(`one of ${forgeTypes.join(', ')}`))
  .meta({ id: 'ForgeType', description: 'The forge that hosts the repository.' });

/** One of {@link forgeTypes}. */
export type ForgeType = (typeof forgeTypes)[number];

interface NameRule {
  /** What messages call such a name. */
  readonly label: string;
  readonly pattern: RegExp;
  readonly maxLength: number;
  /** The pattern in words, to follow "use". */
  readonly rule: string;
}

interface Forge {
  /** The path of a repository. `form` follows "must be". */
  readonly path: { readonly pattern: RegExp; readonly form: string };
  /** One level of a namespace. */
  readonly namespace: NameRule;
  /** The maximum number of levels of a namespace; 1 where namespaces don't nest. */
  readonly maxLevels: number;
  readonly name: NameRule;
}

/** GitLab allows fewer names for new projects since 14.9; existing projects keep their names, so those are accepted too. */
const gitlabName = {
  pattern: /^(?!\.{1,2}$)(?!.*\.(?:git|atom)$)[a-z0-9_.][a-z0-9_.-]*$/i,
  maxLength: 255,
  rule: 'only letters, digits, dots, hyphens and underscores, with no hyphen at the start and no .git or .atom at the end',
};

const gitlabGroup = {
  ...gitlabName,
  pattern: /^(?!.*(?:\.git|\.atom|\.)$)[a-z0-9_.][a-z0-9_.-]*$/i,
  rule: 'only letters, digits, dots, hyphens and underscores, with no hyphen at the start and no dot, .git or .atom at the end',
};

/**
 * The naming rules of each forge.
 *
 * GitHub: as its forms for signing up and renaming state them. An owner has letters, digits and hyphens, and underscores
 * where an enterprise manages it; a repository has dots as well.
 *
 * GitLab: https://docs.gitlab.com/user/reserved_names/ and, for the limit of 20 levels of subgroups,
 * https://docs.gitlab.com/user/group/subgroups/
 */
const forges: Record<ForgeType, Forge> = {
  github: {
    path: { pattern: /^[^/]+\/[^/]+$/, form: '"owner/name"' },
    namespace: {
      label: 'GitHub owner',
      pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      maxLength: 100,
      rule: 'only letters, digits, hyphens and underscores',
    },
    maxLevels: 1,
    name: {
      label: 'GitHub repository name',
      pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/,
      maxLength: 100,
      rule: 'only letters, digits, dots, hyphens and underscores',
    },
  },
  gitlab: {
    path: { pattern: /^[^/]+(?:\/[^/]+)+$/, form: '"group/project" or "group/subgroup/project"' },
    namespace: { label: 'GitLab group', ...gitlabGroup },
    maxLevels: 21,
    name: { label: 'GitLab project', ...gitlabName },
  },
};

/** In characters. Renames on GitLab can make a path longer than its forms allow; an index entry of PostgreSQL has room for this. */
const maxNamespaceLength = 1000;

/** Why a namespace is invalid on a forge, to follow the name of the field; undefined where it is valid. */
export function namespaceProblem(forge: ForgeType, namespace: string): string | undefined {
  const { namespace: rule, maxLevels } = forges[forge];
  if (maxLevels === 1) return nameProblem(rule, namespace);
  if (namespace.length > maxNamespaceLength) {
    return `has a ${rule.label} with ${namespace.length} characters; the limit with all subgroups is ${maxNamespaceLength}`;
  }
  const levels = namespace.split('/');
  if (levels.length > maxLevels) {
    return `has a ${rule.label} with ${levels.length - 1} levels of subgroups; the limit is ${maxLevels - 1}`;
  }
  return levels.map((level) => nameProblem(rule, level)).find((problem) => problem !== undefined);
}

/** The path of a repository on its forge. */
export interface RepositoryPath {
  /** An owner on GitHub; a group with all groups that contain it on GitLab, such as `group/subgroup`. */
  readonly namespace: string;
  readonly name: string;
}

/** Splits the path of a repository at its last slash; a `problem`, to follow the name of the field, where it is invalid. */
export function parseRepositoryPath(forge: ForgeType, repo: string): RepositoryPath | { problem: string } {
  const { path, name: rule } = forges[forge];
  if (!path.pattern.test(repo)) return { problem: `must be ${path.form}, not ${describeValue(repo)}` };
  const slash = repo.lastIndexOf('/');
  const [namespace, name] = [repo.slice(0, slash), repo.slice(slash + 1)];
  const problem = namespaceProblem(forge, namespace) ?? nameProblem(rule, name);
  return problem === undefined ? { namespace, name } : { problem };
}

function nameProblem({ label, pattern, maxLength, rule }: NameRule, name: string): string | undefined {
  if (name.length > maxLength) return `has a ${label} with ${name.length} characters; the limit is ${maxLength}`;
  return pattern.test(name) ? undefined : `has the invalid ${label} ${describeValue(name)}; use ${rule}`;
}
