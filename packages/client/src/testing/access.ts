// Access control: a request needs an API key with the scope and repository, and a customer with a verified forge account
// for the namespace or a group that contains it.
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import * as errors from '@rsolv/shared/errors/access-errors';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { allForgeAccounts, type ApiKey, type Caller, type Customer, type ForgeAccount } from './records.ts';

/** Requires that a key has one of these scopes. @throws ScopeMissingError */
export function requireScope({ scopes }: ApiKey, ...needed: readonly Scope[]): void {
  if (!needed.some((scope) => scopes.includes(scope))) throw new errors.ScopeMissingError({ needed, scopes });
}

/**
 * Requires access of the caller to a repository.
 *
 * @throws ScopeMissingError, RepositoryNotAllowedError, ForgeAccountMissingError, ForgeAccountUnverifiedError
 */
export function requireAccess({ customer, apiKey }: Caller, scope: Scope, repository: RepositoryRef): void {
  requireScope(apiKey, scope);
  const wanted = restrictionTo(repository);
  const allowed = apiKey.repositories;
  if (allowed !== null && !allowed.includes(wanted)) throw new errors.RepositoryNotAllowedError({ wanted, allowed });
  const { forge, namespace } = repository;
  const account = findForgeAccount(customer, repository);
  const facts = { forge, namespace: account?.namespace ?? namespace, customer: customer.name };
  if (account === undefined) {
    throw new errors.ForgeAccountMissingError({ ...facts, others: allForgeAccounts(customer) });
  }
  if (account.verifiedAt === null) throw new errors.ForgeAccountUnverifiedError(facts);
}

/** Whether a list may show the caller a repository: the caller could retrieve from it. */
export function mayRead({ customer, apiKey: { repositories } }: Caller, repository: RepositoryRef): boolean {
  const isAllowed = repositories === null || repositories.includes(restrictionTo(repository));
  return isAllowed && findForgeAccount(customer, repository)?.verifiedAt != null;
}

/** The nearest verified forge account for the namespace or a group that contains it; without a verified one, the nearest. */
function findForgeAccount({ forgeAccounts }: Customer, { forge, namespace }: RepositoryRef): ForgeAccount | undefined {
  const namespaces = enclosingNamespaces(namespace);
  const accounts = forgeAccounts
    .filter((each) => each.forge === forge && namespaces.includes(each.namespace.toLowerCase()))
    .toSorted((one, other) => other.namespace.length - one.namespace.length);
  return accounts.find(({ verifiedAt }) => verifiedAt !== null) ?? accounts[0];
}
