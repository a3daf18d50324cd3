import { z } from 'zod';
import { expected } from './expected.ts';
import { forgeType, parseRepositoryPath } from './forge.ts';
import { list } from './list.ts';
import { nextCursor, pageFields } from './page.ts';
import { text } from './text.ts';
import { futureTimestamp, timestamp } from './timestamp.ts';

/** What a key may do: retrieve, store, administer its customer's keys and forge accounts. */
export const scopes = ['phases:read', 'phases:write', 'manage'] as const;

/** One of {@link scopes}. */
export const scope = z
  .enum(scopes, expected(`one of ${scopes.join(', ')}`))
  .meta({ id: 'Scope', description: 'What a key may do: retrieve, store, or administer keys and forge accounts.' });

/** What a key may do: retrieve, store, or administer keys and forge accounts. */
export type Scope = (typeof scopes)[number];

/** What a key may do where nobody says otherwise. */
export const defaultScopes: readonly Scope[] = ['phases:read', 'phases:write'];

/** How long a key counts where nobody says otherwise. */
const lifetimeDays = 365;

/** A year from now. */
export const defaultExpiry = () => new Date(Date.now() + lifetimeDays * 24 * 60 * 60_000);

/** The header that announces the end of a key, in its last 14 days. */
export const keyExpiresHeader = 'RSOLV-Key-Expires';

/** Whether a key is in its last 14 days, or past them. */
export const expiresSoon = (expiresAt: Date | null, now: Date): expiresAt is Date =>
  expiresAt !== null && expiresAt.getTime() - now.getTime() < 14 * 24 * 60 * 60_000;

/** A repository that a key is restricted to, as `github:owner/name` in lower case. */
export const repositoryRestriction = z
  .string(expected('a string'))
  .transform((value, context) => {
    const [, forge = 'github', path = ''] = /^(?:([a-z]+):)?(.*)$/s.exec(value) ?? [];
    const known = forgeType.safeParse(forge);
    const parsed = known.success ? parseRepositoryPath(known.data, path) : { problem: 'names no forge that is known' };
    if (!('problem' in parsed)) return restrictionTo({ forge, ...parsed });
    context.addIssue({ code: 'custom', message: parsed.problem, input: value });
    return z.NEVER;
  })
  .meta({ examples: ['github:RSOLV-dev/demo'] });

/** Of all the repositories that one key is restricted to. */
const maxRestrictionLength = 10_000;

/** How a key's restriction names a repository. */
export const restrictionTo = ({ forge, namespace, name }: { forge: string; namespace: string; name: string }): string =>
  `${forge}:${namespace}/${name}`.toLowerCase();

/**
 * What an API key or a customer is called. Operators read it in lists and logs, so nothing in it may hide, break a line or
 * turn the direction of what stands beside it.
 */
export const keyName = text(200).regex(
  /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u,
  'must not have control characters, or others that are not to be seen',
);

/** What a new key is to be. */
export const createKeyInput = z
  .object(
    {
      name: keyName.default('key').meta({ description: 'What the key is for.' }),
      scopes: list(scope, { max: 10, empty: 'must name at least one' }).default([...defaultScopes]),
      repositories: list(repositoryRestriction, { max: 100, empty: 'must name at least one, or be left out' })
        .refine(
          (names) => names.join('').length <= maxRestrictionLength,
          `must have at most ${maxRestrictionLength} characters together`,
        )
        .nullish()
        .meta({ description: 'The only repositories it may reach. Default: all that the customer may.' }),
      expiresAt: futureTimestamp.nullish().meta({ description: 'Default: in a year. Null: never.' }),
    },
    expected('a JSON object'),
  )
  .refine(({ scopes, repositories }) => !repositories || !scopes.includes('manage'), {
    path: ['repositories'],
    message: 'must be left out where the scopes have manage, which is about the whole customer',
  })
  .transform(({ name, scopes, repositories, expiresAt }) => ({
    name,
    scopes: [...new Set(scopes)],
    repositories: repositories ?? null,
    expiresAt: expiresAt === undefined ? defaultExpiry() : expiresAt,
  }));
export type CreateKeyInput = z.output<typeof createKeyInput>;

/** An API key, without its secret. */
export const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    lastFour: z.string().meta({ description: "The key's last four characters." }),
    scopes: z.array(scope),
    repositories: z.array(z.string()).nullable().meta({ description: 'The only ones it may reach. Null: all.' }),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().meta({ description: 'To the minute or so.' }),
    revokedAt: timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyOutput = z.infer<typeof apiKey>;

/** An API key with its secret: shown once, kept nowhere. */
export const newApiKey = apiKey
  .extend({ apiKey: z.string().meta({ description: 'The key itself, shown this once.' }) })
  .meta({ id: 'NewApiKey' });

/** Which page of the customer's API keys to read. */
export const listKeysInput = z.object(pageFields(), expected('an object')).prefault({});

/** A page of API keys, the newest first. */
export const listKeysOutput = z.object({ keys: z.array(apiKey), nextCursor }).meta({ id: 'ApiKeyPage' });

const keyId = z
  .string(expected('a string'))
  .max(100, 'must have at most 100 characters')
  .meta({ description: "The key's id.", format: 'uuid' });

/** Which key is meant. */
export const keyRef = z.object({ id: keyId }, expected('a JSON object'));

/** Which key is replaced, and how long it counts beside the new one. */
export const rotateKeyInput = z.object(
  {
    id: keyId,
    overlapHours: z
      .number(expected('a number of hours'))
      .min(0, 'must not be negative')
      .max(24 * 90, 'must be at most 2160, which is 90 days')
      .default(24)
      .meta({ description: 'How many hours the old key goes on counting.' }),
  },
  expected('a JSON object'),
);
