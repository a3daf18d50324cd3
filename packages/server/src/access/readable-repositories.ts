// Which repositories a list may show: those that a retrieve with the same key could read. For one repository, the rule is in
// forge-access.ts.
import { sql, type RawBuilder } from 'kysely';
import { literalId } from '../database/page.ts';
import { folded } from '../entities/folded.ts';
import type { Authenticated } from './authenticate.ts';

/** Who reads a list: a customer's key; undefined for the operator, who reads everything. */
export type ReadingRights = Pick<Authenticated, 'customerId' | 'restriction'> | undefined;

/** A namespace that ends with a slash, so that `acme/` starts `acme/backend/` and not `acme-labs/`. */
const asPrefix = (column: string) => `(${folded(column)} || '/')`;

/**
 * The condition for the repositories, in a query that has the table `repositories`: the customer has a verified forge account
 * for the namespace or for a group that contains it, and the key is not restricted to other repositories.
 */
export function isReadable(rights: ReadingRights): RawBuilder<boolean> {
  if (rights === undefined) return sql<boolean>`true`;
  const { customerId, restriction } = rights;
  const isVerified = sql`exists (
    select from forge_accounts
    where forge_accounts.customer_id = ${literalId(customerId)} and forge_accounts.verified_at is not null
      and forge_accounts.forge_type = repositories.forge_type
      and starts_with(${sql.raw(asPrefix('repositories.namespace'))}, ${sql.raw(asPrefix('forge_accounts.namespace'))}))`;
  if (restriction === null) return sql<boolean>`${isVerified}`;
  const path = sql.raw(folded('repositories.full_path'));
  return sql<boolean>`(${isVerified} and repositories.forge_type || ':' || ${path} = any(${restriction}::text[]))`;
}
