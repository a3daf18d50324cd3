import { defaultScopes, repositoryRestriction, type scopes } from '@rsolv/shared/api-key';
import type { Customers } from './customers.ts';
import type { Customer } from './records.ts';
import type { Forge } from './stored-execution.ts';

/** A customer to add. */
export interface TestingCustomerOptions extends TestingKeyOptions {
  /** Default: `Customer 1` and so on. */
  readonly name?: string | undefined;
  /** GitHub owners that it holds, verified: its keys reach the repositories under them. */
  readonly namespaces?: readonly string[] | undefined;
  /** GitHub owners that it claims, not verified: access to them is refused, and the refusal says why. */
  readonly unverifiedNamespaces?: readonly string[] | undefined;
}

/** A key to add. */
export interface TestingKeyOptions {
  /** The key itself. Default: `rsolv_testing_1` and so on. */
  readonly apiKey?: string | undefined;
  /** What it may do. Default: `phases:read` and `phases:write`. */
  readonly scopes?: readonly KeyScope[] | undefined;
  /** The only repositories that it may reach, as `owner/name`. Default: all of the customer's. */
  readonly repositories?: readonly string[] | undefined;
  /** Default: never. */
  readonly expiresAt?: Date | undefined;
}

/** What a key may do: retrieve, store, administer its customer's keys and forge accounts. */
export type KeyScope = (typeof scopes)[number];

/** Which forge a namespace is of. */
export interface TestingForgeOptions {
  /** Default: `github`. */
  readonly forge?: Forge | undefined;
}

/** A customer of a platform in memory. What it is told takes effect with the next request. */
export interface TestingCustomer {
  readonly id: string;
  readonly name: string;
  /** Its first key. */
  readonly apiKey: string;
  /** Adds another key. */
  readonly addApiKey: (options?: TestingKeyOptions) => string;
  /** Revokes a key for good. Default: the first. */
  readonly revokeApiKey: (apiKey?: string) => void;
  /** Refuses all its keys. */
  readonly deactivate: () => void;
  /** Accepts them again. */
  readonly activate: () => void;
  /** Adds a claim to a namespace, which gives no access yet. */
  readonly addForgeAccount: (namespace: string, options?: TestingForgeOptions) => void;
  /**
   * Verifies a claim: the namespace can be reached.
   *
   * @throws Error where it has no such claim, or another customer holds the namespace
   */
  readonly verifyForgeAccount: (namespace: string, options?: TestingForgeOptions) => void;
  /** Takes a claim away. What was stored there stays. */
  readonly removeForgeAccount: (namespace: string, options?: TestingForgeOptions) => void;
}

/** Adds a customer with a key, and what it holds. */
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
  const ref = (namespace: string, { forge = 'github' }: TestingForgeOptions = {}) => ({ forge, namespace });
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
    addForgeAccount: (namespace, options) => void customers.addForgeAccount(customer, ref(namespace, options)),
    verifyForgeAccount: (namespace, options) => customers.verifyForgeAccount(customer, ref(namespace, options)),
    removeForgeAccount: (namespace, options) => void customers.removeForgeAccount(customer, ref(namespace, options)),
  };
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
