// Options that several commands have, and parsers of arguments. They run before a command opens anything.
import { InvalidArgumentError, Option } from 'commander';
import { createKeyInput, keyName, repositoryRestriction, scope, type Scope } from '@rsolv/shared/contract/api-key';
import { forgeTypes, namespaceProblem, parseRepositoryPath, type ForgeType } from '@rsolv/shared/contract/forge';
import { duration, futureMoment, pastMoment } from '@rsolv/shared/contract/moment';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { commitSha, issueNumber, text } from '@rsolv/shared/contract/text';
import { z, type ZodType } from 'zod';

const parser =
  <T>(schema: ZodType<T>) =>
  (value: string): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '));
  };

export const parseName = parser(keyName);

/** An API key of any origin that fits into a header and can't be guessed. */
const secret = text(500).regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters, only ASCII, and no spaces');

/**
 * Reads an API key. Blanks and line ends around it are dropped, as secrets often end with one. It is no parser of an option,
 * since commander quotes the value in its error.
 *
 * @param source where the key was given, such as `--api-key`
 * @throws InvalidArgumentError without the key
 */
export function parseSecret<T extends string | undefined>(value: T, source: string): T | string {
  if (value === undefined) return value;
  const parsed = secret.safeParse(value.trim());
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ message }) => message).join('; ');
  throw new InvalidArgumentError(`The API key from ${source} ${problems}.`);
}

export const customerOption = (description = "the customer's name or id") =>
  new Option('--customer <name>', description).argParser(parseName).makeOptionMandatory();

export const forgeOption = () => new Option('--forge <type>', 'the forge').choices(forgeTypes).default('github');

export const namespaceOption = () =>
  new Option(
    '--namespace <owner>',
    'the owner of the repositories; on GitLab group or group/subgroup',
  ).makeOptionMandatory();

/** Options that identify the owner of a namespace beyond its name. */
export const ownerOptions = () => [
  new Option(
    '--owner-id <id>',
    "the owner's numeric id, which lets its workflows authenticate; on GitHub: curl https://api.github.com/users/OWNER",
  ).argParser(parseNumericId),
  new Option(
    '--issuer <url>',
    "the issuer of its workflows' ID tokens, with --owner-id; default: GitHub's or GitLab.com's",
  ).argParser(parseUrl),
];

export const jsonOption = () => new Option('--json', 'print one line of JSON');

/** @throws InvalidArgumentError where the forge allows no such namespace */
export function requireNamespace(forge: ForgeType, namespace: string): void {
  const problem = namespaceProblem(forge, namespace);
  if (problem !== undefined) throw new InvalidArgumentError(`--namespace: ${problem}`);
}

const commaSeparated = z.string().transform((value) => value.split(',').map((each) => each.trim()));

/** Comma-separated scopes. */
export const parseScopes = parser(commaSeparated.pipe(z.array(scope)));

/** Comma-separated repositories: `owner/name`, or `gitlab:group/name` on another forge than GitHub. */
export const parseRepositories = parser(commaSeparated.pipe(z.array(repositoryRestriction)));

/** @throws InvalidArgumentError where scopes and repositories exclude each other, or are too many */
export function requireKeyOptions(options: { readonly scopes?: Scope[]; readonly repositories?: string[] }): void {
  const { error } = createKeyInput.safeParse({ scopes: options.scopes, repositories: options.repositories });
  if (error === undefined) return;
  const problems = error.issues.map(({ path: [option = 'scopes'], message }) => `--${String(option)}: ${message}`);
  throw new InvalidArgumentError(problems.join('; '));
}

const parseNumericId = parser(z.string().regex(/^\d{1,20}$/, 'must be a number'));

/** A URL, as text. */
export function parseUrl(value: string): string {
  if (URL.canParse(value)) return value;
  throw new InvalidArgumentError('must be a URL such as https://rsolv.example.com');
}

/** A duration, in milliseconds. */
export const parseDuration = parser(duration);

const parseFuture = parser(futureMoment);

/** `never`, or a time in the future. */
export const parseExpiry = (value: string): Date | 'never' => (value === 'never' ? value : parseFuture(value));

/** A time to search from or to: a date, an ISO 8601 time, or how long ago it was. */
export const parseMoment = parser(pastMoment);

/** The number of an issue. */
export const parseIssue = parser(issueNumber);

/** The SHA of a commit. */
export const parseCommit = parser(commitSha);

/** The name of a branch. */
export const parseBranch = parser(text(255));

/** @throws InvalidArgumentError where it is no path of a repository on this forge */
export function parseRepository(forge: ForgeType, repo: string, option = '--repo'): RepositoryRef {
  const path = parseRepositoryPath(forge, repo);
  if ('problem' in path) throw new InvalidArgumentError(`${option} ${path.problem}`);
  return { forge, ...path };
}

/** How many records to print. */
export function parseLimit(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('must be a whole number from 1 to 999999');
  return Number(value);
}
