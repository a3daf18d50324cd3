// Who may: the key by its scopes and repositories, its customer by a verified claim to the namespace or one around it.
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import * as errors from '@rsolv/shared/errors/access-errors';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { allForgeAccounts, type ApiKey, type Caller, type Customer, type ForgeAccount } from './records.ts';

/** @throws ScopeMissingError */
export function requireScope({ scopes }: ApiKey, needed: Scope): void {
  if (!scopes.includes(needed)) throw new errors.ScopeMissingError({ needed, scopes });
}

/**
 * @throws ScopeMissingError, RepositoryNotAllowedError, ForgeAccountMissingError, ForgeAccountUnverifiedError
 */
export function requireAccess({ customer, apiKey }: Caller, scope: Scope, repository: RepositoryRef): void {
  requireScope(apiKey, scope);
  const wanted = restrictionTo(repository);
  const allowed = apiKey.repositories;
  if (allowed !== null && !allowed.includes(wanted)) throw new errors.RepositoryNotAllowedError({ wanted, allowed });
  const { forge, namespace } = repository;
  const account = findDecidingClaim(customer, repository);
  const facts = { forge, namespace: account?.namespace ?? namespace, customer: customer.name };
  if (account === undefined) {
    throw new errors.ForgeAccountMissingError({ ...facts, others: allForgeAccounts(customer) });
  }
  if (account.verifiedAt === null) throw new errors.ForgeAccountUnverifiedError(facts);
}

/** Of the claims to the namespace and to those that it lies in: a verified one if there is any, then the nearest. */
function findDecidingClaim({ forgeAccounts }: Customer, { forge, namespace }: RepositoryRef): ForgeAccount | undefined {
  const around = enclosingNamespaces(namespace);
  const claims = forgeAccounts
    .filter((each) => each.forge === forge && around.includes(each.namespace.toLowerCase()))
    .toSorted((one, other) => other.namespace.length - one.namespace.length);
  return claims.find(({ verifiedAt }) => verifiedAt !== null) ?? claims[0];
}
