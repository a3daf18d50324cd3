// A model of the platform: the API keys and forge accounts of each customer, and the stored executions.
export const customers = [0, 1, 2] as const;
export const namespaces = ['a', 'b'] as const;
export const names = ['x', 'y'] as const;
export const commits = ['c1', 'c2'] as const;
export const phases = ['scan', 'validation', 'mitigation'] as const;

/** The modelled part of an API key. */
export interface Key {
  readonly customer: number;
  readonly scopes: readonly ('phases:read' | 'phases:write')[];
  /** The one repository that it may access. Undefined: all repositories of the customer. */
  readonly only: string | undefined;
  isRevoked: boolean;
}

/** A stored execution. Later elements of a list are newer. */
export interface Execution {
  readonly customer: number;
  readonly repo: string;
  readonly commit: string;
  readonly phase: (typeof phases)[number];
  readonly issue: number;
  readonly value: number;
}

/** The modelled state of the platform. */
export class Model {
  readonly keys: Key[] = [];
  /** The forge accounts, each as `customer namespace`. */
  readonly forgeAccounts = new Set<string>();
  /** The customer that has verified each namespace. */
  readonly verifiedCustomers = new Map<string, number>();
  readonly executions: Execution[] = [];
  /** The stores with an idempotency key, by `customer key`. */
  readonly idempotentStores = new Map<string, { readonly body: string; readonly id: string }>();

  /** Returns the error code if access is refused, else undefined. */
  refusal(key: Key, scope: Key['scopes'][number], namespace: string, repo: string): string | undefined {
    if (key.isRevoked) return 'API_KEY_REVOKED';
    if (!key.scopes.includes(scope)) return 'SCOPE_MISSING';
    if (key.only !== undefined && key.only !== repo) return 'REPOSITORY_NOT_ALLOWED';
    if (this.verifiedCustomers.get(namespace) === key.customer) return undefined;
    return this.forgeAccounts.has(`${key.customer} ${namespace}`)
      ? 'FORGE_ACCOUNT_UNVERIFIED'
      : 'FORGE_ACCOUNT_MISSING';
  }
}
