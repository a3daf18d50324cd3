// Who makes a request: where it comes from, the API key that it sends, and whose key that is once the database has found
// it. Operations find that out within their own statement. Limits, audit, logs and metrics read it here.
import type { Actor, Origin } from '../audit/actor.ts';

/** What the database says about an API key that exists, whether it is valid or not. */
export interface Identity {
  readonly apiKeyId: string;
  readonly customerId: string;
  readonly keyExpiresAt: Date | null;
  /** The hash to store from now on; undefined if the stored one was made with the newest pepper. */
  readonly newHash: Buffer | undefined;
}

/** What a request says about itself. */
export interface Credentials {
  readonly origin: Origin;
  /** All hashes that the database may have of the key, empty if it is mistyped; undefined if none was sent. */
  readonly keyHashes: readonly Buffer[] | undefined;
  /** Whether the key is one that a workflow got for an ID token. */
  readonly isWorkflow: boolean;
}

export class Principal {
  readonly origin: Origin;
  readonly keyHashes: readonly Buffer[] | undefined;
  readonly isWorkflow: boolean;
  #identity: Identity | undefined;
  #remembered: Partial<Pick<Identity, 'apiKeyId' | 'customerId'>> = {};

  constructor({ origin, keyHashes, isWorkflow }: Credentials) {
    this.origin = origin;
    this.keyHashes = keyHashes;
    this.isWorkflow = isWorkflow;
  }

  /** Undefined until the database has found the key. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** @throws Error before the database has found the key */
  requireIdentity(): Identity {
    if (this.#identity === undefined) throw new Error('The principal is not identified.');
    return this.#identity;
  }

  /** The customer as far as it is known: from the database, or remembered from an earlier request with the key. */
  get customerId(): string | undefined {
    return this.#identity?.customerId ?? this.#remembered.customerId;
  }

  /** The API key as far as it is known, like {@link customerId}. */
  get apiKeyId(): string | undefined {
    return this.#identity?.apiKeyId ?? this.#remembered.apiKeyId;
  }

  /** Keeps what the database has found, also for a key that is refused. */
  identify(identity: Identity): void {
    this.#identity = identity;
  }

  /** Keeps which key it was at an earlier request, and whose. */
  rememberOwner(owner: Pick<Identity, 'apiKeyId' | 'customerId'>): void {
    this.#remembered = owner;
  }

  /** The actor of an audit event, by the key that the database has found, or by another one that is known. */
  actor(apiKeyId = this.#identity?.apiKeyId): Actor {
    return apiKeyId === undefined ? { ...this.origin, actor: 'unknown', apiKeyId: null } : this.#keyActor(apiKeyId);
  }

  /** The actor of an event that a statement writes, which fills in the key that it finds. */
  actorInStatement(): Actor {
    return this.#keyActor(null);
  }

  #keyActor(apiKeyId: string | null): Actor {
    return { ...this.origin, actor: this.isWorkflow ? 'workflow' : 'api_key', apiKeyId };
  }

  /** The same origin without the key, for procedures that take none. */
  withoutKey(): Principal {
    return new Principal({ origin: this.origin, keyHashes: undefined, isWorkflow: false });
  }
}
