// Options that several commands have, and parsers of arguments. They run before a command opens anything.
import { InvalidArgumentError, Option } from 'commander';
import { keyName, repositoryRestriction, scope } from '@rsolv/shared/contract/api-key';
import { forgeTypes, namespaceProblem, type ForgeType } from '@rsolv/shared/contract/forge';
import { pastMoment } from '@rsolv/shared/contract/moment';
import { text } from '@rsolv/shared/contract/text';
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
export const parseSecret = parser(
  text(500).regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters and no spaces'),
);

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

const parseNumericId = parser(z.string().regex(/^\d{1,20}$/, 'must be a number'));

/** A URL, as text. */
export function parseUrl(value: string): string {
  if (URL.canParse(value)) return value;
  throw new InvalidArgumentError('must be a URL such as https://rsolv.example.com');
}

/** A duration such as `24h` or `7d`, in milliseconds. */
export function parseDuration(value: string): number {
  const [, amount, unit] = /^(\d{1,4})([hd])$/.exec(value) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('must be a number of hours or days, such as 24h or 7d');
  return Number(amount) * (unit === 'd' ? 24 : 1) * 60 * 60_000;
}

/** `never`, or a future date or UTC time in ISO 8601. */
export function parseExpiry(value: string): Date | 'never' {
  if (value === 'never') return value;
  const expiresAt = readIsoDate(value);
  if (expiresAt === undefined) throw new InvalidArgumentError('must be a date such as 2027-01-31, or never');
  if (expiresAt <= new Date()) throw new InvalidArgumentError('must be in the future');
  return expiresAt;
}

/** A time to search from or to: a date, an ISO 8601 time, or how long ago it was. */
export const parseMoment = parser(pastMoment);

function readIsoDate(value: string): Date | undefined {
  const date = new Date(value);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  // JavaScript turns 30 February into 2 March.
  return date.toISOString().startsWith(value.slice(0, 10)) ? date : undefined;
}

/** How many records to print. */
export function parseLimit(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('must be a whole number from 1 to 999999');
  return Number(value);
}
