// The administration of customers, API keys and forge accounts in memory, and authentication.
import type { Scope } from '@rsolv/shared/contract/api-key';
import { namespaceProblem } from '@rsolv/shared/contract/forge';
import { enclosingNamespaces } from '@rsolv/shared/contract/enclosing-namespaces';
import * as errors from '@rsolv/shared/errors/access-errors';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import * as recordErrors from '@rsolv/shared/errors/record-errors';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import type { ApiKey, Caller, Customer, ForgeAccount } from './records.ts';

/** A namespace of a forge. */
export type NamespaceRef = Pick<RepositoryRef, 'forge' | 'namespace'>;

/** The properties of a new API key. */
export interface KeySpec {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly repositories: readonly string[] | null;
  readonly expiresAt: Date | null;
  /** The id of the key that the new one replaces. */
  readonly rotatedFrom?: string;
  /** The secret. Default: a new one. */
  readonly secret?: string | undefined;
}

/** How a key is rotated. */
interface Rotation {
  readonly overlapMs: number;
  readonly expiresAt: Date;
  /** The key of the same call before, whose response was lost. */
  readonly lostKeyId?: string | undefined;
}

/** All customers of a platform. */
export class Customers {
  readonly #customers: Customer[] = [];
  readonly #makeId: () => string;
  readonly #now: () => Date;
  #keysMade = 0;

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  /** @throws CustomerExistsError */
  add(name = `Customer ${this.#customers.length + 1}`): Customer {
    if (this.#customers.some((each) => each.name === name)) throw new recordErrors.CustomerExistsError(name);
    const customer = { id: this.#makeId(), name, isActive: true, apiKeys: [], forgeAccounts: [] };
    this.#customers.push(customer);
    return customer;
  }

  /**
   * Finds the customer and the key of a request, whether the key is valid or not.
   *
   * @throws ApiKeyMissingError, ApiKeyUnknownError
   */
  identify(secret: string | undefined): Caller {
    if (secret === undefined) throw new errors.ApiKeyMissingError();
    const caller = this.#find(secret);
    if (caller === undefined) throw new errors.ApiKeyUnknownError();
    caller.apiKey.lastUsedAt = this.#now();
    return caller;
  }

  /**
   * Requires that the key of a caller is valid.
   *
   * @throws ApiKeyRevokedError, ApiKeyExpiredError, CustomerInactiveError
   */
  requireValid({ apiKey: { revokedAt, expiresAt }, customer }: Caller): void {
    if (revokedAt !== null) throw new errors.ApiKeyRevokedError();
    if (expiresAt !== null && expiresAt <= this.#now()) throw new errors.ApiKeyExpiredError(expiresAt);
    if (!customer.isActive) throw new errors.CustomerInactiveError();
  }

  /** @throws ApiKeyExistsError */
  addKey(customer: Customer, { secret = `rsolv_testing_${++this.#keysMade}`, ...spec }: KeySpec): ApiKey {
    if (this.#find(secret) !== undefined) throw new recordErrors.ApiKeyExistsError();
    const apiKey: ApiKey = {
      rotatedFrom: null,
      ...spec,
      id: this.#makeId(),
      secret,
      scopes: [...spec.scopes],
      repositories: spec.repositories && [...spec.repositories],
      createdAt: this.#now(),
      lastUsedAt: null,
      revokedAt: null,
    };
    customer.apiKeys.push(apiKey);
    return apiKey;
  }

  /**
   * Creates a key with the same name, scopes and repositories. The old one expires after the overlap, if not before.
   *
   * @throws ApiKeyNotFoundError, ApiKeyNoLongerValidError
   */
  rotateKey(customer: Customer, id: string, after: Rotation): ApiKey {
    const old = requireKey(customer, id);
    if (after.lostKeyId !== undefined) this.revokeLostKey(customer, after.lostKeyId);
    else if (old.revokedAt !== null || !this.#isFuture(old.expiresAt)) {
      throw new recordErrors.ApiKeyNoLongerValidError({ name: old.name, lastFour: old.secret.slice(-4) });
    }
    const made = this.addKey(customer, {
      name: old.name,
      scopes: old.scopes,
      repositories: old.repositories,
      expiresAt: after.expiresAt,
      rotatedFrom: old.id,
    });
    if (after.lostKeyId !== undefined) return made;
    old.expiresAt = new Date(Math.min(old.expiresAt?.getTime() ?? Infinity, this.#now().getTime() + after.overlapMs));
    return made;
  }

  /** @throws ApiKeyNotFoundError */
  revokeKey(customer: Customer, id: string): ApiKey {
    const apiKey = requireKey(customer, id);
    apiKey.revokedAt ??= this.#now();
    return apiKey;
  }

  /** Revokes the key of a call whose response was lost. @throws ApiKeyReceivedError if the key was used */
  revokeLostKey(customer: Customer, id: string): void {
    const { name, secret, lastUsedAt } = requireKey(customer, id);
    if (lastUsedAt !== null) throw new recordErrors.ApiKeyReceivedError({ name, lastFour: secret.slice(-4) });
    this.revokeKey(customer, id);
  }

  /** @throws InvalidInputError if the namespace is invalid; ForgeAccountExistsError */
  addForgeAccount(customer: Customer, { forge, namespace }: NamespaceRef): ForgeAccount {
    const problem = namespaceProblem(forge, namespace);
    if (problem !== undefined) throw new InvalidInputError([{ path: 'namespace', message: problem }]);
    if (findForgeAccount(customer, { forge, namespace }) !== undefined) {
      throw new recordErrors.ForgeAccountExistsError({ customer: customer.name, forge, namespace });
    }
    const account = { id: this.#makeId(), forge, namespace, verifiedAt: null, verifiedBy: null };
    customer.forgeAccounts.push(account);
    return account;
  }

  /** Requests a verification, which no workflow can complete in memory. @throws InvalidInputError if the namespace is invalid */
  requestVerification(customer: Customer, ref: NamespaceRef) {
    const account = findForgeAccount(customer, ref) ?? this.addForgeAccount(customer, ref);
    return { account, nonce: this.#makeId(), expiresAt: new Date(this.#now().getTime() + 24 * 3_600_000) };
  }

  /** @throws ForgeAccountNotFoundError, NamespaceTakenError */
  verifyForgeAccount(customer: Customer, ref: NamespaceRef): void {
    const account = requireForgeAccount(customer, ref, 'verify');
    const others = this.#customers.filter((each) => each !== customer).flatMap(({ forgeAccounts }) => forgeAccounts);
    const taken = others.find((each) => each.verifiedAt !== null && overlaps(each, account));
    if (taken)
      throw new recordErrors.NamespaceTakenError({
        ...ref,
        namespace: account.namespace,
        verifiedNamespace: taken.namespace,
      });
    account.verifiedAt ??= this.#now();
    account.verifiedBy ??= 'operator';
  }

  /** @throws ForgeAccountNotFoundError */
  removeForgeAccount(customer: Customer, ref: NamespaceRef): ForgeAccount {
    const account = requireForgeAccount(customer, ref, 'remove');
    customer.forgeAccounts = customer.forgeAccounts.filter((each) => each !== account);
    return account;
  }

  #find(secret: string): Caller | undefined {
    for (const customer of this.#customers) {
      const apiKey = customer.apiKeys.find((each) => each.secret === secret);
      if (apiKey !== undefined) return { customer, apiKey };
    }
    return undefined;
  }

  #isFuture(expiresAt: Date | null): boolean {
    return expiresAt === null || expiresAt > this.#now();
  }
}

const findForgeAccount = ({ forgeAccounts }: Customer, { forge, namespace }: NamespaceRef) =>
  forgeAccounts.find((each) => each.forge === forge && each.namespace.toLowerCase() === namespace.toLowerCase());

function requireForgeAccount(customer: Customer, ref: NamespaceRef, purpose: 'verify' | 'remove'): ForgeAccount {
  const account = findForgeAccount(customer, ref);
  if (account !== undefined) return account;
  throw new recordErrors.ForgeAccountNotFoundError({ ...ref, customer: customer.name }, purpose);
}

function requireKey({ apiKeys }: Customer, id: string): ApiKey {
  const apiKey = apiKeys.find((each) => each.id === id.toLowerCase());
  if (apiKey !== undefined) return apiKey;
  throw new recordErrors.ApiKeyNotFoundError(id);
}

/** Whether two namespaces are the same, or one contains the other. */
function overlaps(first: NamespaceRef, second: NamespaceRef): boolean {
  const [one, other] = [first, second].map(({ namespace }) => namespace.toLowerCase());
  return (
    first.forge === second.forge &&
    (enclosingNamespaces(`${one}`).includes(`${other}`) || enclosingNamespaces(`${other}`).includes(`${one}`))
  );
}
