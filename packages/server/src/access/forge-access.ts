// Who may: the customer of the presented key needs a verified forge account for the repository's namespace, or for one
// that it lies in.
// The rule stands here once, as SQL, so that store and retrieve decide and act in a single round trip.
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import {
  ApiKeyUnknownError,
  ForgeAccountMissingError,
  ForgeAccountUnverifiedError,
  RepositoryNotAllowedError,
  ScopeMissingError,
} from '@rsolv/shared/errors/platform-error';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { sql, type Kysely } from 'kysely';
import {
  callerColumns,
  callerValues,
  keyError,
  keyRefusal,
  selectCaller,
  tellIdentity,
  type Caller,
  type CallerRow,
  type CallerValues,
  type KeyRefusal,
} from './authenticate.ts';
import type { Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { valueOf, type ValueOf } from '../database/statement.ts';

/** Who asks to reach what, and what for. */
export interface AccessRequest {
  readonly caller: Caller;
  readonly scope: Scope;
  readonly repository: RepositoryRef;
}

/** Why a request is refused, as an error code. */
export type Refusal =
  | KeyRefusal
  | 'SCOPE_MISSING'
  | 'REPOSITORY_NOT_ALLOWED'
  | 'FORGE_ACCOUNT_MISSING'
  | 'FORGE_ACCOUNT_UNVERIFIED';

/** What {@link selectAccess} answers. */
export interface AccessRow extends CallerRow {
  readonly refusal: Refusal | null;
}

/** What {@link selectAccess} needs to know of a request. */
export interface AccessValues extends CallerValues {
  readonly scope: Scope;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly name: string;
  /** The namespace and those that it lies in, in lower case. */
  readonly namespaces: readonly string[];
  /** The repository as a key's restriction names it. */
  readonly restriction: string;
}

/**
 * The values for {@link selectAccess}.
 *
 * @throws ApiKeyMissingError, ApiKeyMistypedError
 */
export function accessValues({ caller, scope, repository }: AccessRequest): AccessValues {
  const { forge, namespace, name } = repository;
  return {
    ...callerValues(caller),
    scope,
    forge,
    namespace,
    name,
    namespaces: enclosingNamespaces(namespace),
    restriction: restrictionTo(repository),
  };
}

const refusal = (value: ValueOf<AccessValues>) => sql<Refusal | null>`coalesce(${keyRefusal}, case
  when not ${value('scope')} = any(api_keys.scopes) then 'SCOPE_MISSING'
  when not ${value('restriction')} = any(api_keys.repositories) then 'REPOSITORY_NOT_ALLOWED'
  when claim.namespace is null then 'FORGE_ACCOUNT_MISSING'
  when claim.verified_at is null then 'FORGE_ACCOUNT_UNVERIFIED'
end)`;

/** One row: who asks, and `refusal`, null where they may. No row where the key is unknown. */
export function selectAccess(kysely: Kysely<Tables>, value: ValueOf<AccessValues>) {
  return selectClaim(kysely, value).select([...callerColumns(value), refusal(value).as('refusal')]);
}

/** The caller and the claim that decides: a verified one if there is any, then the nearest to the repository. */
function selectClaim(kysely: Kysely<Tables>, value: ValueOf<AccessValues>) {
  return selectCaller(kysely, value).leftJoinLateral(
    (claims) =>
      claims
        .selectFrom('forge_accounts')
        .select(['namespace', 'verified_at'])
        .whereRef('forge_accounts.customer_id', '=', 'customers.id')
        .where('forge_type', '=', value('forge'))
        .where(sql<boolean>`${sql.raw(folded('namespace'))} = any(${value('namespaces')}::text[])`)
        .orderBy(sql`verified_at is null, length(namespace) desc`)
        .limit(sql.lit(1))
        .as('claim'),
    (join) => join.onTrue(),
  );
}

/** The condition that picks a repository's row by what its forge calls it. */
export function isRepository(value: ValueOf<Pick<AccessValues, 'forge' | 'namespace' | 'name'>>) {
  return sql<boolean>`(repositories.forge_type = ${value('forge')}
    and ${sql.raw(folded('repositories.namespace'))} = lower(${value('namespace')} collate "C")
    and ${sql.raw(folded('repositories.name'))} = lower(${value('name')} collate "C"))`;
}

/**
 * Goes on only where {@link selectAccess} refused nothing; else explains, at the price of a second query.
 *
 * @param row the statement's row with that of {@link selectAccess} in it, undefined where there was none
 * @returns the row
 * @throws ApiKeyUnknownError, ApiKeyRevokedError, ApiKeyExpiredError, CustomerInactiveError, ScopeMissingError,
 *   RepositoryNotAllowedError, ForgeAccountMissingError, ForgeAccountUnverifiedError
 */
export async function requireAccess<Row extends AccessRow>(
  kysely: Kysely<Tables>,
  request: AccessRequest,
  row: Row | undefined,
): Promise<Row> {
  if (row === undefined) throw new ApiKeyUnknownError();
  tellIdentity(request.caller, row);
  switch (row.refusal) {
    case null:
      return row;
    case 'SCOPE_MISSING':
    case 'REPOSITORY_NOT_ALLOWED':
      throw await explainKey(kysely, request);
    case 'FORGE_ACCOUNT_MISSING':
    case 'FORGE_ACCOUNT_UNVERIFIED': {
      const { forge, namespace } = request.repository;
      const { customer, claimed, accounts } = await selectClaims(kysely, request);
      throw row.refusal === 'FORGE_ACCOUNT_UNVERIFIED'
        ? new ForgeAccountUnverifiedError({ forge, namespace: claimed ?? namespace, customer })
        : new ForgeAccountMissingError({ forge, namespace, customer, others: accounts });
    }
    default:
      throw keyError(row.refusal);
  }
}

/** What the key may do, for one who asked for more. */
async function explainKey(kysely: Kysely<Tables>, { caller, scope, repository }: AccessRequest): Promise<Error> {
  const { scopes, repositories } = await selectCaller(kysely, valueOf(callerValues(caller)))
    .select(['scopes', 'repositories'])
    .executeTakeFirstOrThrow();
  return repositories !== null && scopes.includes(scope)
    ? new RepositoryNotAllowedError({ wanted: restrictionTo(repository), allowed: repositories })
    : new ScopeMissingError({ needed: scope, scopes });
}

/** The customer's name, the claim that decides, and all it has. */
async function selectClaims(kysely: Kysely<Tables>, request: AccessRequest) {
  const rows = await selectClaim(kysely, valueOf(accessValues(request)))
    .leftJoin('forge_accounts', 'forge_accounts.customer_id', 'customers.id')
    .select(['customers.name as customer', 'claim.namespace as claimed'])
    .select(['forge_type', 'forge_accounts.namespace', 'forge_accounts.verified_at'])
    .orderBy('forge_accounts.namespace')
    .limit(20)
    .execute();
  return {
    customer: rows[0]?.customer ?? '',
    claimed: rows[0]?.claimed,
    accounts: rows.flatMap(({ forge_type: forge, namespace, verified_at }) =>
      forge === null || namespace === null ? [] : [{ forge, namespace, verified: verified_at !== null }],
    ),
  };
}
