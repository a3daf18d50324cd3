// Who may: the customer of the presented key needs a verified forge account for the repository's namespace.
// The rule stands here once, as SQL, so that store and retrieve decide and act in a single round trip.
import {
  ApiKeyUnknownError,
  ForgeAccountMissingError,
  ForgeAccountUnverifiedError,
} from '@rsolv/shared/platform-error';
import type { RepositoryRef } from '@rsolv/shared/repository-input';
import { sql, type Kysely } from 'kysely';
import { keyError, keyRefusal, selectCaller, type KeyRefusal, type PresentedKey } from '../customers/authenticate.ts';
import type { Tables } from '../database.ts';
import { folded } from '../entities/folded.ts';

/** What a caller asks to reach, and the key it shows for it. */
export interface AccessRequest {
  readonly presentedKey: PresentedKey;
  readonly repository: RepositoryRef;
}

/** Why a request is refused, as an error code. */
export type Refusal = KeyRefusal | 'FORGE_ACCOUNT_MISSING' | 'FORGE_ACCOUNT_UNVERIFIED';

const refusal = sql<Refusal | null>`coalesce(${keyRefusal}, case
  when forge_accounts.id is null then 'FORGE_ACCOUNT_MISSING'
  when forge_accounts.verified_at is null then 'FORGE_ACCOUNT_UNVERIFIED'
end)`;

/**
 * One row: who asks, and `refusal`, null where they may. No row where the key is unknown.
 *
 * @throws ApiKeyMissingError
 */
export function selectAccess(kysely: Kysely<Tables>, { presentedKey, repository }: AccessRequest) {
  return selectCaller(kysely, presentedKey)
    .leftJoin('forge_accounts', (join) =>
      join
        .onRef('forge_accounts.customer_id', '=', 'customers.id')
        .on('forge_accounts.forge_type', '=', repository.forge)
        .on(sql.raw(folded('forge_accounts.namespace')), '=', repository.namespace.toLowerCase()),
    )
    .select(['api_keys.id as api_key_id', 'api_keys.customer_id', refusal.as('refusal')]);
}

/** The condition that picks a repository's row by what its forge calls it. */
export function isRepository({ forge, namespace, name }: RepositoryRef) {
  return sql<boolean>`(repositories.forge_type = ${forge}
    and ${sql.raw(folded('repositories.namespace'))} = ${namespace.toLowerCase()}
    and ${sql.raw(folded('repositories.name'))} = ${name.toLowerCase()})`;
}

/**
 * Goes on only where {@link selectAccess} refused nothing; else explains, at the price of a second query.
 *
 * @param row the statement's row with the `refusal`, undefined where there was none
 * @returns the row
 * @throws ApiKeyUnknownError, ApiKeyRevokedError, ApiKeyExpiredError, CustomerInactiveError,
 *   ForgeAccountMissingError, ForgeAccountUnverifiedError
 */
export async function requireAccess<Row extends { readonly refusal: Refusal | null }>(
  kysely: Kysely<Tables>,
  request: AccessRequest,
  row: Row | undefined,
): Promise<Row> {
  if (row === undefined) throw new ApiKeyUnknownError();
  switch (row.refusal) {
    case null:
      return row;
    case 'FORGE_ACCOUNT_MISSING':
    case 'FORGE_ACCOUNT_UNVERIFIED': {
      const { forge, namespace } = request.repository;
      const { customer, accounts } = await selectClaims(kysely, request.presentedKey);
      throw row.refusal === 'FORGE_ACCOUNT_UNVERIFIED'
        ? new ForgeAccountUnverifiedError({ forge, namespace, customer })
        : new ForgeAccountMissingError({ forge, namespace, customer, others: accounts });
    }
    default:
      throw keyError(row.refusal);
  }
}

/** The customer's name and what it does have. */
async function selectClaims(kysely: Kysely<Tables>, presentedKey: PresentedKey) {
  const rows = await selectCaller(kysely, presentedKey)
    .leftJoin('forge_accounts', 'forge_accounts.customer_id', 'customers.id')
    .select(['customers.name as customer', 'forge_type', 'namespace', 'verified_at'])
    .orderBy('namespace')
    .limit(20)
    .execute();
  return {
    customer: rows[0]?.customer ?? '',
    accounts: rows.flatMap(({ forge_type: forge, namespace, verified_at }) =>
      forge === null || namespace === null ? [] : [{ forge, namespace, verified: verified_at !== null }],
    ),
  };
}
