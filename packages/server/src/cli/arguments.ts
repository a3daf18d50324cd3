// What commands take, checked before anything is opened.
import { InvalidArgumentError, Option } from 'commander';
import { keyName, repositoryRestriction, scope } from '@rsolv/shared/contract/api-key';
import { forgeTypes, namespaceProblem, type ForgeType } from '@rsolv/shared/contract/forge';
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

/** A key from elsewhere, of whatever shape, as long as it can be sent in a header and is not to be guessed. */
export const parseSecret = parser(
  text(500).regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters, and no spaces'),
);

export const customerOption = (description = "the customer's name or id") =>
  new Option('--customer <name>', description).argParser(parseName).makeOptionMandatory();

export const forgeOption = () => new Option('--forge <type>', 'the forge').choices(forgeTypes).default('github');

export const namespaceOption = () =>
  new Option(
    '--namespace <owner>',
    'the owner of the repositories; on GitLab group or group/subgroup',
  ).makeOptionMandatory();

/** Whose the namespace is, by what tells it from others of the same name. */
export const ownerOptions = () => [
  new Option(
    '--owner-id <id>',
    "the owner's number, which lets workflows in; on GitHub: curl https://api.github.com/users/OWNER",
  ).argParser(parseNumeral),
  new Option(
    '--issuer <url>',
    "with --owner-id: who gives out its workflows' ID tokens; default GitHub's or GitLab.com's",
  ).argParser(parseUrl),
];

export const jsonOption = () => new Option('--json', 'print one line of JSON');

/** @throws InvalidArgumentError where the forge has no such names */
export function requireNamespace(forge: ForgeType, namespace: string): void {
  const problem = namespaceProblem(forge, namespace);
  if (problem !== undefined) throw new InvalidArgumentError(`--namespace: ${problem}`);
}

const commaSeparated = z.string().transform((value) => value.split(',').map((each) => each.trim()));

/** Scopes, with commas between. */
export const parseScopes = parser(commaSeparated.pipe(z.array(scope)));

/** Repositories as `owner/name`, with commas between; another forge's with its name in front, as `gitlab:group/name`. */
export const parseRepositories = parser(commaSeparated.pipe(z.array(repositoryRestriction)));

const parseNumeral = parser(z.string().regex(/^\d{1,20}$/, 'must be a number'));

/** A URL, as text. */
export function parseUrl(value: string): string {
  if (URL.canParse(value)) return value;
  throw new InvalidArgumentError('must be a URL such as https://rsolv.example.com');
}

/** How long, as `24h` or `7d`, in milliseconds. */
export function parseDuration(value: string): number {
  const [, amount, unit] = /^(\d{1,4})([hd])$/.exec(value) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('must be a number of hours or days, such as 24h or 7d');
  return Number(amount) * (unit === 'd' ? 24 : 1) * 60 * 60_000;
}

/** `never`, or a day, or a time in UTC, in ISO 8601; in the future. */
export function parseExpiry(value: string): Date | 'never' {
  if (value === 'never') return value;
  const expiresAt = readMoment(value);
  if (expiresAt === undefined) throw new InvalidArgumentError('must be a date such as 2027-01-31, or never');
  if (expiresAt <= new Date()) throw new InvalidArgumentError('must be in the future');
  return expiresAt;
}

/** A day, or a time in UTC, in ISO 8601. */
export function parseMoment(value: string): Date {
  const moment = readMoment(value);
  if (moment === undefined) throw new InvalidArgumentError('must be a date such as 2027-01-31 or 2027-01-31T12:00Z');
  return moment;
}

function readMoment(value: string): Date | undefined {
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime()) || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  // JavaScript makes 2 March of 30 February.
  return moment.toISOString().startsWith(value.slice(0, 10)) ? moment : undefined;
}

/** A whole number of things to show. */
export function parseCount(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('must be a whole number from 1 to 999999');
  return Number(value);
}
