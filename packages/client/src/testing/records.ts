// The customers of a platform in memory with their API keys and forge accounts, and their public form.
import type { ApiKeyOutput, Scope } from '@rsolv/shared/contract/api-key';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { ForgeAccountOutput, Verifier } from '@rsolv/shared/contract/forge-account';
import type { PageRequest } from '@rsolv/shared/contract/page';
import { cutPage } from './page.ts';

/** An API key of a customer. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly scopes: Scope[];
  /** The repositories that the key is restricted to, in the form of `restrictionTo`. Null: no restriction. */
  readonly repositories: string[] | null;
  /** The id of the key that this one replaces. */
  readonly rotatedFrom: string | null;
  readonly createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** A customer's forge account. */
export interface ForgeAccount {
  readonly id: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  verifiedAt: Date | null;
  verifiedBy: Verifier | null;
}

/** A customer with its keys and forge accounts. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  isActive: boolean;
  readonly apiKeys: ApiKey[];
  forgeAccounts: ForgeAccount[];
}

/** The customer and the key of an authenticated request. */
export interface Caller {
  readonly customer: Customer;
  readonly apiKey: ApiKey;
}

/** The public form of an API key, without the secret. */
export function describeKey({ secret, ...apiKey }: ApiKey): ApiKeyOutput {
  return { ...apiKey, lastFour: secret.slice(-4) };
}

/** The public form of a forge account. */
export function describeForgeAccount({
  id,
  forge,
  namespace,
  verifiedAt,
  verifiedBy,
}: ForgeAccount): ForgeAccountOutput {
  return { id, forge, namespace, verified: verifiedAt !== null, verifiedAt, verifiedBy };
}

/** A page of a customer's API keys, the newest first. */
export function listKeys({ id: customerId, apiKeys }: Customer, request: PageRequest) {
  const order = { name: 'keys', direction: 'desc', positionOf: ({ id }: ApiKey) => [id] } as const;
  const { items, nextCursor } = cutPage(apiKeys, order, { ...request, customerId });
  return { keys: items.map(describeKey), nextCursor };
}

/** A page of a customer's forge accounts, by namespace. */
export function listForgeAccounts({ id: customerId, forgeAccounts }: Customer, request: PageRequest) {
  const positionOf = ({ namespace, id }: ForgeAccount) => [namespace, id];
  const order = { name: 'forge-accounts', direction: 'asc', positionOf } as const;
  const { items, nextCursor } = cutPage(forgeAccounts, order, { ...request, customerId });
  return { forgeAccounts: items.map(describeForgeAccount), nextCursor };
}

/** All forge accounts of a customer, in the same order. */
export const allForgeAccounts = (customer: Customer) => listForgeAccounts(customer, { limit: Infinity }).forgeAccounts;
