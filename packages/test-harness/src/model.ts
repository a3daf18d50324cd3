// What the platform is, in a few lines: who has which keys and namespaces, and what was stored.
export const customers = [0, 1, 2] as const;
export const namespaces = ['a', 'b'] as const;
export const names = ['x', 'y'] as const;
export const commits = ['c1', 'c2'] as const;
export const phases = ['scan', 'validation', 'mitigation'] as const;

/** A key, as far as it matters. */
export interface Key {
  readonly customer: number;
  readonly scopes: readonly ('phases:read' | 'phases:write')[];
  /** The one repository that it reaches; undefined: all of them. */
  readonly only: string | undefined;
  isRevoked: boolean;
}

/** What was stored; the later of two is the newer one. */
export interface Execution {
  readonly customer: number;
  readonly repo: string;
  readonly commit: string;
  readonly phase: (typeof phases)[number];
  readonly issue: number;
  readonly value: number;
}

/** All there is to know. */
export class Model {
  readonly keys: Key[] = [];
  readonly claims = new Set<string>();
  readonly holders = new Map<string, number>();
  readonly executions: Execution[] = [];
  readonly once = new Map<string, { readonly of: string; readonly id: string }>();

  /** Why a key may not; undefined where it may. */
  refusal(key: Key, scope: Key['scopes'][number], namespace: string, repo: string): string | undefined {
    if (key.isRevoked) return 'API_KEY_REVOKED';
    if (!key.scopes.includes(scope)) return 'SCOPE_MISSING';
    if (key.only !== undefined && key.only !== repo) return 'REPOSITORY_NOT_ALLOWED';
    if (this.holders.get(namespace) === key.customer) return undefined;
    return this.claims.has(`${key.customer} ${namespace}`) ? 'FORGE_ACCOUNT_UNVERIFIED' : 'FORGE_ACCOUNT_MISSING';
  }
}
