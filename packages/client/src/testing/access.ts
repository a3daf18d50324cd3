// Who may: the key by its scopes and repositories, its customer by a verified claim to the namespace or one around it.
import { restrictionTo, type Scope } from '@rsolv/shared/api-key';
import { enclosingNamespaces } from '@rsolv/shared/enclosing-namespaces';
import * as errors from '@rsolv/shared/platform-error';
import type { RepositoryRef } from '@rsolv/shared/repository-input';
import { listForgeAccounts, type ApiKey, type Caller, type Customer, type ForgeAccount } from './records.ts';

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
  const claim = findClaim(customer, repository);
  if (claim === undefined) {
    const others = listForgeAccounts(customer);
    throw new errors.ForgeAccountMissingError({ forge, namespace, customer: customer.name, others });
  }
  if (claim.verifiedAt !== null) return;
  throw new errors.ForgeAccountUnverifiedError({ forge, namespace: claim.namespace, customer: customer.name });
}

/** The claim that decides: a verified one if there is any, then the nearest to the repository. */
function findClaim({ forgeAccounts }: Customer, { forge, namespace }: RepositoryRef): ForgeAccount | undefined {
  const around = enclosingNamespaces(namespace);
  const rank = ({ namespace, verifiedAt }: ForgeAccount) => (verifiedAt === null ? 0 : 10_000) + namespace.length;
  return forgeAccounts
    .filter((each) => each.forge === forge && around.includes(each.namespace.toLowerCase()))
    .toSorted((one, other) => rank(other) - rank(one))[0];
}
