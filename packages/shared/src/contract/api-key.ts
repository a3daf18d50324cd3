import { z } from 'zod';
import { describeValue, expected } from './expected.ts';
import { forgeType, forgeTypes, parseRepositoryPath } from './forge.ts';
import { list } from './list.ts';
import { futureMoment, momentSyntax } from './moment.ts';
import { nextCursor, pageFields } from './page.ts';
import { strictObject } from './strict-object.ts';
import { maxLengthError, text } from './text.ts';
import { timestamp } from './timestamp.ts';

/**
 * The scopes of API keys: retrieve phases, store phases, read reports without the phases' data, and manage the customer's API
 * keys and forge accounts and read its audit events.
 */
export const scopes = ['phases:read', 'phases:write', 'reports:read', 'manage'] as const;

/** One of {@link scopes}. */
export const scope = z.enum(scopes, expected(`one of ${scopes.join(', ')}`)).meta({
  id: 'Scope',
  description:
    '`phases:read`: retrieve phases and read reports. `phases:write`: store phases. `reports:read`: read reports, such as the ' +
    "list of executions, without the phases' data. `manage`: manage API keys and forge accounts, and read audit events.",
});

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];

/** The scopes of a new API key, by default. */
export const defaultScopes: readonly Scope[] = ['phases:read', 'phases:write'];

/** How long a new API key is valid, by default. */
export const keyLifetimeDays = 365;

/** When an API key that is created now expires, by default: in a year. */
export const defaultExpiry = () => new Date(Date.now() + keyLifetimeDays * 24 * 60 * 60_000);

/** The response header with the time at which the API key expires; sent in its last 14 days. */
export const keyExpiresHeader = 'RSOLV-Key-Expires';

/** Whether an API key expires within 14 days, or has expired. */
export const expiresSoon = (expiresAt: Date | null, now: Date): expiresAt is Date =>
  expiresAt !== null && expiresAt.getTime() - now.getTime() < 14 * 24 * 60 * 60_000;

/**
 * A repository that an API key is restricted to: `owner/name` on GitHub, or with its forge, `gitlab:group/project`. Parsed to
 * the form of {@link restrictionTo}.
 */
export const repositoryRestriction = z
  .string(expected('a string'))
  .transform((value, context) => {
    const [, forge = 'github', path = ''] = /^(?:([a-z]+):)?(.*)$/s.exec(value) ?? [];
    const known = forgeType.safeParse(forge);
    const parsed = known.success
      ? parseRepositoryPath(known.data, path)
      : { problem: `has the unknown forge ${describeValue(forge)}; use ${forgeTypes.join(' or ')}` };
    if (!('problem' in parsed)) return restrictionTo({ forge, ...parsed });
    context.addIssue({ code: 'custom', message: parsed.problem, input: value });
    return z.NEVER;
  })
  .meta({ description: 'A repository with its forge.', examples: ['github:RSOLV-dev/demo'] });

/** In characters, of all repositories that one API key is restricted to. */
export const maxRestrictionLength = 10_000;

/** A repository as API keys' restrictions and messages name it: `github:owner/name` in lower case. */
export const restrictionTo = ({ forge, namespace, name }: { forge: string; namespace: string; name: string }): string =>
  `${forge}:${namespace}/${name}`.toLowerCase();

/**
 * The name of an API key or a customer. Operators read it in lists and logs, so it can't contain characters that are
 * invisible, break lines or change the text direction.
 */
export const keyName = text(200).regex(
  /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u,
  'must not contain control characters or invisible characters',
);

/** The input that creates an API key. */
export const createKeyInput = strictObject(
  {
    name: keyName.default('key').meta({ description: 'What the key is used for.', examples: ['nightly scan'] }),
    scopes: list(scope, { max: 10, empty: 'must have at least one scope' })
      .default([...defaultScopes])
      .meta({ description: 'The scopes of the key.' }),
    repositories: list(repositoryRestriction, {
      max: 100,
      empty: 'must have at least one repository, or be left out',
    })
      .refine(
        (names) => names.join('').length <= maxRestrictionLength,
        `must have at most ${maxRestrictionLength} characters in total`,
      )
      .nullish()
      .meta({
        description: 'The only repositories that the key may access. Default: all that the customer may access.',
        examples: [['github:RSOLV-dev/demo']],
      }),
    expiresAt: futureMoment.nullish().meta({
      description: `When the key expires: ${momentSyntax} from now. Default: in a year. Null: never.`,
    }),
  },
  'a JSON object',
)
  .refine(({ scopes, repositories }) => !repositories || !scopes.includes('manage'), {
    path: ['repositories'],
    message: 'must be left out for a key with the scope manage, which applies to the whole customer',
  })
  .transform(({ name, scopes, repositories, expiresAt }) => ({
    name,
    scopes: [...new Set(scopes)],
    repositories: repositories ?? null,
    expiresAt: expiresAt === undefined ? defaultExpiry() : expiresAt,
  }));

/** The parsed input that creates an API key, with all defaults. */
export type CreateKeyInput = z.output<typeof createKeyInput>;

/** An API key in a response, without its secret. */
export const apiKey = z
  .object({
    id: z.uuid().meta({ description: 'The id of the key. It is not a secret.' }),
    name: z.string().meta({ description: 'What the key is used for.', examples: ['nightly scan'] }),
    lastFour: z.string().meta({ description: 'The last four characters of the key.', examples: ['x4Qz'] }),
    scopes: z.array(scope).meta({ description: 'The scopes of the key.' }),
    repositories: z
      .array(z.string())
      .nullable()
      .meta({
        description: 'The only repositories that the key may access. Null: all that the customer may access.',
        examples: [['github:rsolv-dev/demo']],
      }),
    rotatedFrom: z.uuid().nullable().meta({
      description: 'The id of the key that this one replaces; null if it was not created by a rotation.',
    }),
    createdAt: timestamp.meta({ description: 'When the key was created.' }),
    expiresAt: timestamp.nullable().meta({ description: 'When the key expires. Null: never.' }),
    lastUsedAt: timestamp.nullable().meta({
      description: 'When the key was last used, to the minute or so. Null: never.',
    }),
    revokedAt: timestamp.nullable().meta({ description: 'When the key was revoked; null if it is not.' }),
  })
  .meta({ id: 'ApiKey' });

/** An API key in a response, without its secret. */
export type ApiKeyOutput = z.infer<typeof apiKey>;

/** A new API key with its secret, which is returned once and not stored. */
export const newApiKey = apiKey
  .extend({
    apiKey: z.string().meta({
      description: 'The key itself. It is returned only once: the platform stores an HMAC of it.',
    }),
  })
  .meta({ id: 'NewApiKey' });

/** The input that lists a customer's API keys. */
export const listKeysInput = strictObject(pageFields(), 'an object').prefault({});

/** A page of API keys, the newest first. */
export const listKeysOutput = z
  .object({ keys: z.array(apiKey).meta({ description: 'The API keys, newest first.' }), nextCursor })
  .meta({ id: 'ApiKeyPage' });

const keyId = z
  .string(expected('a string'))
  .max(100, maxLengthError(100))
  .meta({ description: 'The id of the key.', format: 'uuid' });

/** The input that names an API key. */
export const keyRef = strictObject({ id: keyId }, 'a JSON object');

export const maxOverlapHours = 90 * 24;

const overlapHours = z
  .number(expected('a number of hours'))
  .min(0, { error: ({ input }) => `must not be negative, but is ${describeValue(input)}` })
  .max(maxOverlapHours, {
    error: ({ input }) => `must be at most ${maxOverlapHours} (90 days), not ${describeValue(input)}`,
  })
  .default(24)
  .meta({ description: 'How many hours the old key stays valid beside the new one.' });

/** The input that rotates an API key. */
export const rotateKeyInput = strictObject({ id: keyId, overlapHours }, 'a JSON object');

/** The body of a rotation over REST, where the path has the id. */
export const rotateKeyBody = strictObject({ overlapHours }, 'a JSON object');
