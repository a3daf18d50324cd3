import { sql, type Kysely } from 'kysely';
import {
  ApiKeyExpiredError,
  ApiKeyMissingError,
  ApiKeyRevokedError,
  ApiKeyUnknownError,
  CustomerInactiveError,
} from '@rsolv/shared/platform-error';
import type { Tables } from '../database.ts';
import { hashSecret } from './secret.ts';

/** The key that came with a request, as it came; undefined where none did. */
export type PresentedKey = string | undefined;

/** Who a request speaks for. */
export interface Caller {
  readonly apiKeyId: string;
  readonly customerId: string;
}

/**
 * The row of the presented key and its customer, for a statement to go on from.
 *
 * @throws ApiKeyMissingError
 */
export function selectCaller(kysely: Kysely<Tables>, presentedKey: PresentedKey) {
  if (presentedKey === undefined) throw new ApiKeyMissingError();
  return kysely
    .selectFrom('api_keys')
    .innerJoin('customers', 'customers.id', 'api_keys.customer_id')
    .where('api_keys.key_hash', '=', hashSecret(presentedKey));
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
 * @throws ApiKeyMissingError, ApiKeyUnknownError, ApiKeyRevokedError, ApiKeyExpiredError, CustomerInactiveError
 */
export async function authenticate(kysely: Kysely<Tables>, presentedKey: PresentedKey): Promise<Caller> {
  const row = await selectCaller(kysely, presentedKey)
    .select(['api_keys.id as apiKeyId', 'api_keys.customer_id as customerId', keyRefusal.as('refusal')])
    .executeTakeFirst();
  if (row === undefined) throw new ApiKeyUnknownError();
  const { refusal, ...caller } = row;
  if (refusal !== null) throw keyError(refusal);
  return caller;
}
