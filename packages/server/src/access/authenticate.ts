import type { Scope } from '@rsolv/shared/contract/api-key';
import {
  ApiKeyExpiredError,
  ApiKeyMissingError,
  ApiKeyMistypedError,
  ApiKeyRevokedError,
  ApiKeyUnknownError,
  CustomerInactiveError,
  ScopeMissingError,
} from '@rsolv/shared/errors/platform-error';
import { sql, type Kysely } from 'kysely';
import type { Actor, Origin } from '../audit/actor.ts';
import type { Tables } from '../database/open-database.ts';
import { valueOf, type ValueOf } from '../database/statement.ts';

/** Whoever makes a request: the key it shows, and who is told what that turns out to be. */
export interface Caller {
  /** All that may be kept of the key, as the key ring says; undefined where the request shows none. */
  readonly keyHashes: readonly Buffer[] | undefined;
  readonly origin: Origin;
  /** Whether the key is one that workflows get. */
  readonly isWorkflow?: boolean;
  /** Told of a key that exists, also where it is refused. */
  readonly identified?: (identity: Identity) => void;
}

/** Who a request speaks for. */
export interface Identity {
  readonly apiKeyId: string;
  readonly customerId: string;
  readonly keyExpiresAt: Date | null;
  /** Whether what is kept of the key was made under the newest pepper. */
  readonly isHashCurrent: boolean;
}

/** The columns of a statement that say who calls. */
export interface CallerRow {
  readonly api_key_id: string;
  readonly customer_id: string;
  readonly expires_at: Date | string | null;
  /** Whether what is kept of the key was made under the newest pepper. */
  readonly is_hash_current: boolean;
}

/** {@link CallerRow}, to select from {@link selectCaller}. */
export const callerColumns = (value: ValueOf<CallerValues>) =>
  [
    'api_keys.id as api_key_id',
    'api_keys.customer_id',
    'api_keys.expires_at',
    sql<boolean>`api_keys.key_hash = (${value('keyHashes')}::bytea[])[1]`.as('is_hash_current'),
  ] as const;

/** What {@link selectCaller} needs to know of a caller. */
export interface CallerValues {
  readonly keyHashes: readonly Buffer[];
}

/**
 * The values for {@link selectCaller}.
 *
 * @throws ApiKeyMissingError, ApiKeyMistypedError
 */
export function callerValues({ keyHashes }: Caller): CallerValues {
  if (keyHashes === undefined) throw new ApiKeyMissingError();
  if (keyHashes.length === 0) throw new ApiKeyMistypedError();
  return { keyHashes };
}

/**
 * The row of the presented key and its customer, for a statement to go on from. There is one key at most; without the
 * limit the planner would prepare for several, and read all customers to find theirs.
 */
export function selectCaller(kysely: Kysely<Tables>, value: ValueOf<CallerValues>) {
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

/** Tells whoever wants to know. */
export function tellIdentity({ identified }: Caller, row: CallerRow): Identity {
  const identity = {
    apiKeyId: row.api_key_id,
    customerId: row.customer_id,
    keyExpiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    isHashCurrent: row.is_hash_current,
  };
  identified?.(identity);
  return identity;
}

/** The one who acts by a key; without one that is known, nobody in particular. */
export function actorOf({ origin, isWorkflow }: Caller, identity: Pick<Identity, 'apiKeyId'> | undefined): Actor {
  const { requestId, address, mask } = origin;
  if (identity === undefined) return { requestId, address, mask, actor: 'unknown', apiKeyId: null };
  return { requestId, address, mask, actor: isWorkflow === true ? 'workflow' : 'api_key', apiKeyId: identity.apiKeyId };
}

const keyErrors = {
  API_KEY_REVOKED: ApiKeyRevokedError,
  API_KEY_EXPIRED: ApiKeyExpiredError,
  CUSTOMER_INACTIVE: CustomerInactiveError,
};

/** Why a key that exists does not count. */
export type KeyRefusal = keyof typeof keyErrors;

/** Why the key in {@link selectCaller} does not count; null where it does. */
export const keyRefusal = sql<KeyRefusal | null>`case
  when api_keys.revoked_at is not null then 'API_KEY_REVOKED'
  when api_keys.expires_at <= now() then 'API_KEY_EXPIRED'
  when customers.deactivated_at is not null then 'CUSTOMER_INACTIVE'
end`;

/** The error that tells the caller of a refusal. */
export const keyError = (refusal: KeyRefusal) => new keyErrors[refusal]();

/**
 * Who the presented key speaks for.
 *
 * @param scope what the key has to have; nothing in particular where it is left out
 * @throws ApiKeyMissingError, ApiKeyMistypedError, ApiKeyUnknownError, ApiKeyRevokedError, ApiKeyExpiredError,
 *   CustomerInactiveError, ScopeMissingError
 */
export async function authenticate(kysely: Kysely<Tables>, caller: Caller, scope?: Scope): Promise<Identity> {
  const value = valueOf(callerValues(caller));
  const row = await selectCaller(kysely, value)
    .select([...callerColumns(value), 'api_keys.scopes', keyRefusal.as('refusal')])
    .executeTakeFirst();
  if (row === undefined) throw new ApiKeyUnknownError();
  const identity = tellIdentity(caller, row);
  if (row.refusal !== null) throw keyError(row.refusal);
  if (scope !== undefined && !row.scopes.includes(scope)) {
    throw new ScopeMissingError({ needed: scope, scopes: row.scopes });
  }
  return identity;
}
