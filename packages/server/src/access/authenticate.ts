import type { Scope } from '@rsolv/shared/contract/api-key';
import {
  ApiKeyExpiredError,
  ApiKeyMissingError,
  ApiKeyMistypedError,
  ApiKeyRevokedError,
  ApiKeyUnknownError,
  CustomerInactiveError,
  ScopeMissingError,
} from '@rsolv/shared/errors/access-errors';
import type { PlatformError } from '@rsolv/shared/errors/platform-error';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { valueOf, type ValueOf } from '../database/statement.ts';
import type { Identity, Principal } from './principal.ts';

/** The columns of a statement that identify the principal. */
export interface IdentityRow {
  readonly api_key_id: string;
  readonly customer_id: string;
  readonly expires_at: Date | string | null;
  /** Whether the stored hash was made with the newest pepper. */
  readonly is_hash_current: boolean;
}

/** {@link IdentityRow}, to select from {@link selectKey}. */
export const identityColumns = (value: ValueOf<KeyValues>) =>
  [
    'api_keys.id as api_key_id',
    'api_keys.customer_id',
    'api_keys.expires_at',
    sql<boolean>`api_keys.key_hash = (${value('keyHashes')}::bytea[])[1]`.as('is_hash_current'),
  ] as const;

/** The values of {@link selectKey}. */
export interface KeyValues {
  readonly keyHashes: readonly Buffer[];
}

/**
 * The values for {@link selectKey}.
 *
 * @throws ApiKeyMissingError, ApiKeyMistypedError
 */
export function keyValues({ keyHashes }: Principal): KeyValues {
  if (keyHashes === undefined) throw new ApiKeyMissingError();
  if (keyHashes.length === 0) throw new ApiKeyMistypedError();
  return { keyHashes };
}

/**
 * Selects the row of the API key and its customer, for a statement to continue from. There is at most one key. Without the
 * limit the planner would expect several and read all customers.
 */
export function selectKey(kysely: Kysely<Tables>, value: ValueOf<KeyValues>) {
  return kysely
    .selectFrom((tables) =>
      tables
        .selectFrom('api_keys')
        .selectAll()
        .where(sql<boolean>`key_hash = any(${value('keyHashes')}::bytea[])`)
        .limit(sql.lit(1))
        .as('api_keys'),
    )
    .innerJoin('customers', 'customers.id', 'api_keys.customer_id');
}

/** Tells the principal which key the database has found, also where it is refused. */
export function identify(principal: Principal, row: IdentityRow): Identity {
  const identity = {
    apiKeyId: row.api_key_id,
    customerId: row.customer_id,
    keyExpiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    newHash: row.is_hash_current ? undefined : principal.keyHashes?.[0],
  };
  principal.identify(identity);
  return identity;
}

/** Why an existing key is not valid, as an error code. */
export type KeyRefusal = 'API_KEY_REVOKED' | 'API_KEY_EXPIRED' | 'CUSTOMER_INACTIVE';

/** Why the key in {@link selectKey} is not valid; null if it is. */
export const keyRefusal = sql<KeyRefusal | null>`case
  when api_keys.revoked_at is not null then 'API_KEY_REVOKED'
  when api_keys.expires_at <= now() then 'API_KEY_EXPIRED'
  when customers.deactivated_at is not null then 'CUSTOMER_INACTIVE'
end`;

/** The error for a key that is not valid. */
export function keyError(refusal: KeyRefusal, principal: Principal): PlatformError {
  switch (refusal) {
    case 'API_KEY_REVOKED':
      return new ApiKeyRevokedError();
    case 'API_KEY_EXPIRED':
      // A key that has expired has a date.
      return new ApiKeyExpiredError(new Date(Number(principal.requireIdentity().keyExpiresAt)), principal.isWorkflow);
    case 'CUSTOMER_INACTIVE':
      return new CustomerInactiveError();
  }
}

/** What an API key may do, beside its scopes. */
export interface Authenticated extends Identity {
  /** The repositories that the key is restricted to, in the form of `restrictionTo`. Null: no restriction. */
  readonly restriction: readonly string[] | null;
}

/**
 * Authenticates a principal by its API key.
 *
 * @param scopes the scopes of which the key must have one; no scope if they are left out
 * @throws ApiKeyMissingError, ApiKeyMistypedError, ApiKeyUnknownError, ApiKeyRevokedError, ApiKeyExpiredError,
 *   CustomerInactiveError, ScopeMissingError
 */
export async function authenticate(
  kysely: Kysely<Tables>,
  principal: Principal,
  ...scopes: readonly Scope[]
): Promise<Authenticated> {
  const value = valueOf(keyValues(principal));
  const row = await selectKey(kysely, value)
    .select([...identityColumns(value), 'api_keys.scopes', 'api_keys.repositories', keyRefusal.as('refusal')])
    .executeTakeFirst();
  if (row === undefined) throw new ApiKeyUnknownError();
  const identity = identify(principal, row);
  if (row.refusal !== null) throw keyError(row.refusal, principal);
  if (scopes.length > 0 && !scopes.some((scope) => row.scopes.includes(scope))) {
    throw new ScopeMissingError({ needed: scopes, scopes: row.scopes });
  }
  return { ...identity, restriction: row.repositories };
}
