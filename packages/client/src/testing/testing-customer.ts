import { defaultScopes, repositoryRestriction, type Scope } from '@rsolv/shared/contract/api-key';
import { forgeTypes } from '@rsolv/shared/contract/forge';
import type { Customers, NamespaceRef } from './customers.ts';
import type { Customer } from './records.ts';

/** A customer to add. */
export interface TestingCustomerOptions extends TestingKeyOptions {
  /** Default: `Customer 1` and so on. */
  readonly name?: string | undefined;
  /** What it holds, verified: its keys reach the repositories in there. `acme` on GitHub, `gitlab:acme/backend`. */
  readonly namespaces?: readonly string[] | undefined;
  /** What it claims, not verified: access is refused, and the refusal says why. */
  readonly unverifiedNamespaces?: readonly string[] | undefined;
}

/** A key to add. */
export interface TestingKeyOptions {
  /** The key itself. Default: `rsolv_testing_1` and so on. */
  readonly apiKey?: string | undefined;
  /** What it may do. Default: `phases:read` and `phases:write`. */
  readonly scopes?: readonly Scope[] | undefined;
  /** The only repositories that it may reach, as `owner/name` or `gitlab:group/project`. Default: all of the customer's. */
  readonly repositories?: readonly string[] | undefined;
  /** Default: never. */
  readonly expiresAt?: Date | undefined;
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
  /** Adds a claim to a namespace, as `acme` or `gitlab:acme/backend`, which gives no access yet. */
  readonly addForgeAccount: (namespace: string) => void;
  /**
   * Verifies a claim: the namespace can be reached.
   *
   * @throws Error where it has no such claim, or another customer holds the namespace, one around it or one in it
   */
  readonly verifyForgeAccount: (namespace: string) => void;
  /** Takes a claim away. What was stored there stays. */
  readonly removeForgeAccount: (namespace: string) => void;
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

/** Which namespace a text means; the forge that is not named is GitHub. */
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
