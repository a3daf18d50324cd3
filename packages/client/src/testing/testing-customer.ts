import { defaultScopes, repositoryRestriction, type Scope } from '@rsolv/shared/contract/api-key';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import type { Customers, NamespaceRef } from './customers.ts';
import type { Customer } from './records.ts';

/** The options of a new customer. */
export interface TestingCustomerOptions extends TestingKeyOptions {
  /** The customer's name. Default: `Customer 1`, `Customer 2` and so on. */
  readonly name?: string | undefined;
  /** Namespaces with a verified forge account, which give access: `acme` on GitHub, or `gitlab:acme/backend`. */
  readonly namespaces?: readonly string[] | undefined;
  /** Namespaces with an unverified forge account. Requests fail with `FORGE_ACCOUNT_UNVERIFIED`. */
  readonly unverifiedNamespaces?: readonly string[] | undefined;
}

/** The options of a new API key. */
export interface TestingKeyOptions {
  /** The secret. Default: `rsolv_testing_1`, `rsolv_testing_2` and so on. */
  readonly apiKey?: string | undefined;
  /** The scopes. Default: `phases:read` and `phases:write`. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Restricts the key to these repositories: `owner/name` or `gitlab:group/project`. Default: all of the customer's. */
  readonly repositories?: readonly string[] | undefined;
  /** When the key expires. Default: never. */
  readonly expiresAt?: Date | undefined;
}

/** A customer of a platform in memory. Changes take effect with the next request. */
export interface TestingCustomer {
  /** The customer's id. */
  readonly id: string;
  /** The customer's name. */
  readonly name: string;
  /** The first API key. */
  readonly apiKey: string;
  /** Adds another API key, and returns it. */
  readonly addApiKey: (options?: TestingKeyOptions) => string;
  /**
   * Revokes an API key permanently. Default: the first one.
   *
   * @throws Error if the customer has no such key
   */
  readonly revokeApiKey: (apiKey?: string) => void;
  /** Deactivates the customer: requests with its API keys fail with `CUSTOMER_INACTIVE`. */
  readonly deactivate: () => void;
  /** Activates the customer again. */
  readonly activate: () => void;
  /**
   * Adds an unverified forge account for a namespace: `acme` or `gitlab:acme/backend`.
   *
   * @throws Error if the namespace is invalid, or the customer already has the forge account
   */
  readonly addForgeAccount: (namespace: string) => void;
  /**
   * Verifies a forge account, which gives access to its namespace.
   *
   * @throws Error if the customer has no such forge account, or another customer has a verified one for the namespace, for a
   *   group that contains it, or for one of its subgroups
   */
  readonly verifyForgeAccount: (namespace: string) => void;
  /**
   * Removes a forge account. Stored results are kept.
   *
   * @throws Error if the customer has no such forge account
   */
  readonly removeForgeAccount: (namespace: string) => void;
}

/** Adds a customer with an API key and its forge accounts. */
export function addTestingCustomer(customers: Customers, options: TestingCustomerOptions): TestingCustomer {
  const { name, namespaces = [], unverifiedNamespaces = [] } = options;
  const customer = customers.add(name);
  const testingCustomer = controlsOf(customers, customer, addKey(customers, customer, options));
  for (const namespace of [...namespaces, ...unverifiedNamespaces]) testingCustomer.addForgeAccount(namespace);
  for (const namespace of namespaces) testingCustomer.verifyForgeAccount(namespace);
  return testingCustomer;
}

function controlsOf(customers: Customers, customer: Customer, apiKey: string): TestingCustomer {
  const { id, name } = customer;
  return {
    id,
    name,
    apiKey,
    addApiKey: (options = {}) => addKey(customers, customer, options),
    revokeApiKey: (revoked = apiKey) => {
      const found = customer.apiKeys.find(({ secret }) => secret === revoked);
      if (found === undefined) throw new Error(`The customer "${name}" has no such API key.`);
      customers.revokeKey(customer, found.id);
    },
    deactivate: () => void (customer.isActive = false),
    activate: () => void (customer.isActive = true),
    addForgeAccount: (namespace) => void customers.addForgeAccount(customer, refTo(namespace)),
    verifyForgeAccount: (namespace) => customers.verifyForgeAccount(customer, refTo(namespace)),
    removeForgeAccount: (namespace) => void customers.removeForgeAccount(customer, refTo(namespace)),
  };
}

/** Parses a namespace. The default forge is GitHub. */
function refTo(text: string): NamespaceRef {
  const forge = forgeTypes.find((each) => text.startsWith(`${each}:`));
  return forge === undefined
    ? { forge: 'github', namespace: text }
    : { forge, namespace: text.slice(forge.length + 1) };
}

function addKey(customers: Customers, customer: Customer, options: TestingKeyOptions): string {
  const { apiKey, scopes = defaultScopes, repositories, expiresAt = null } = options;
  return customers.addKey(customer, {
    name: 'test',
    secret: apiKey,
    scopes,
    repositories: repositories?.map((each) => repositoryRestriction.parse(each)) ?? null,
    expiresAt,
  }).secret;
}
