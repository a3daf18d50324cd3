// Who may: the key by its scopes and repositories, its customer by a verified claim to the namespace.
import { restrictionTo, type Scope } from '@rsolv/shared/api-key';
import * as errors from '@rsolv/shared/platform-error';
import type { RepositoryRef } from '@rsolv/shared/repository-input';
import { findForgeAccount } from './customers.ts';
import { listForgeAccounts, type ApiKey, type Caller } from './records.ts';

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
  const account = findForgeAccount(customer, repository);
  const facts = { forge, namespace, customer: customer.name };
  if (account === undefined) {
    throw new errors.ForgeAccountMissingError({ ...facts, others: listForgeAccounts(customer) });
  }
  if (account.verifiedAt === null) throw new errors.ForgeAccountUnverifiedError(facts);
}
