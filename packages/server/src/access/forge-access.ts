// Access control for repositories: the key's customer needs a verified forge account for the repository's namespace or for
// a group around it. The rule is written once, as SQL, so that store and retrieve check and act in one round trip.
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import {
  ApiKeyUnknownError,
  ForgeAccountMissingError,
  ForgeAccountUnverifiedError,
  RepositoryNotAllowedError,
  ScopeMissingError,
  type ExistingForgeAccount,
} from '@rsolv/shared/errors/access-errors';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { sql, type Kysely } from 'kysely';
import {
  identityColumns,
  keyValues,
  keyError,
  keyRefusal,
  selectKey,
  identify,
  type IdentityRow,
  type KeyValues,
  type KeyRefusal,
} from './authenticate.ts';
import type { Principal } from './principal.ts';
import type { Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { valueOf, type ValueOf } from '../database/statement.ts';

/** Access of a principal to a repository. */
export interface AccessRequest {
  readonly principal: Principal;
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

/** A row of {@link selectAccess}. */
export interface AccessRow extends IdentityRow {
  readonly refusal: Refusal | null;
}

/** The values of {@link selectAccess}. */
export interface AccessValues extends KeyValues {
  readonly scope: Scope;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly name: string;
  /** The namespace and the groups around it, in lower case. */
  readonly namespaces: readonly string[];
  /** The repository as a key's restriction names it. */
  readonly restriction: string;
}

/**
 * The values for {@link selectAccess}.
 *
 * @throws ApiKeyMissingError, ApiKeyMistypedError
 */
export function accessValues({ principal, scope, repository }: AccessRequest): AccessValues {
  const { forge, namespace, name } = repository;
  return {
    ...keyValues(principal),
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
  when account.namespace is null then 'FORGE_ACCOUNT_MISSING'
  when account.verified_at is null then 'FORGE_ACCOUNT_UNVERIFIED'
end)`;

/** Selects one row with the principal's identity and `refusal`, which is null if access is granted; no row if the key is unknown. */
export function selectAccess(kysely: Kysely<Tables>, value: ValueOf<AccessValues>) {
  return selectForgeAccount(kysely, value).select([...identityColumns(value), refusal(value).as('refusal')]);
}

/** Selects the key and the forge account that decides: a verified one if there is any, then the nearest to the repository. */
function selectForgeAccount(kysely: Kysely<Tables>, value: ValueOf<AccessValues>) {
  return selectKey(kysely, value).leftJoinLateral(
    (accounts) =>
      accounts
        .selectFrom('forge_accounts')
        .select(['namespace', 'verified_at'])
        .whereRef('forge_accounts.customer_id', '=', 'customers.id')
        .where('forge_type', '=', value('forge'))
        .where(sql<boolean>`${sql.raw(folded('namespace'))} = any(${value('namespaces')}::text[])`)
        .orderBy(sql`verified_at is null, length(namespace) desc`)
        .limit(sql.lit(1))
        .as('account'),
    (join) => join.onTrue(),
  );
}

/** The condition that selects a repository by its name on the forge. */
export function isRepository(value: ValueOf<Pick<AccessValues, 'forge' | 'namespace' | 'name'>>) {
  return sql<boolean>`(repositories.forge_type = ${value('forge')}
    and ${sql.raw(folded('repositories.namespace'))} = lower(${value('namespace')} collate "C")
    and ${sql.raw(folded('repositories.name'))} = lower(${value('name')} collate "C"))`;
}

/**
 * Requires that {@link selectAccess} granted access. A refusal needs a second query for its explanation.
 *
 * @param row the statement's row, which includes the columns of {@link selectAccess}; undefined if there was none
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
  identify(request.principal, row);
  switch (row.refusal) {
    case null:
      return row;
    case 'SCOPE_MISSING':
    case 'REPOSITORY_NOT_ALLOWED':
      throw await explainKey(kysely, request);
    case 'FORGE_ACCOUNT_MISSING':
    case 'FORGE_ACCOUNT_UNVERIFIED':
      throw await explainForgeAccount(kysely, request);
    default:
      throw keyError(row.refusal, request.principal);
  }
}

/** The error for a key that lacks the scope or is restricted to other repositories. */
async function explainKey(kysely: Kysely<Tables>, { principal, scope, repository }: AccessRequest): Promise<Error> {
  const key = await selectKey(kysely, valueOf(keyValues(principal)))
    .select(['scopes', 'repositories'])
    .executeTakeFirst();
  if (key === undefined) return new ApiKeyUnknownError();
  const { scopes, repositories: allowed } = key;
  return allowed !== null && scopes.includes(scope)
    ? new RepositoryNotAllowedError({ wanted: restrictionTo(repository), allowed })
    : new ScopeMissingError({ needed: [scope], scopes });
}

/** How many of the customer's forge accounts an error names. */
const maxNamedAccounts = sql.lit(20);

const otherAccounts = sql<readonly ExistingForgeAccount[]>`coalesce((
  select json_agg(json_build_object('forge', forge_type, 'namespace', namespace, 'verified', verified_at is not null))
  from (
    select * from forge_accounts where customer_id = customers.id order by namespace limit ${maxNamedAccounts}
  ) as others), '[]')`;

/** The error for a customer whose forge account for the namespace is missing or unverified. */
async function explainForgeAccount(kysely: Kysely<Tables>, request: AccessRequest): Promise<Error> {
  const found = await selectForgeAccount(kysely, valueOf(accessValues(request)))
    .select(['customers.name as customer', 'account.namespace as unverified', otherAccounts.as('others')])
    .executeTakeFirst();
  if (found === undefined) return new ApiKeyUnknownError();
  const { customer, unverified, others } = found;
  const { forge, namespace } = request.repository;
  return unverified === null
    ? new ForgeAccountMissingError({ forge, namespace, customer, others })
    : new ForgeAccountUnverifiedError({ forge, namespace: unverified, customer });
}
