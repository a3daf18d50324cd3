// Customers, their keys and their claims: who calls, and how that comes about.
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

/** A key to make. */
export interface KeySpec {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly repositories: readonly string[] | null;
  readonly expiresAt: Date | null;
  /** The key itself. Default: one that nobody has. */
  readonly secret?: string | undefined;
}

/** Every customer of a platform. */
export class Customers {
  readonly #customers: Customer[] = [];
  readonly #makeId: () => string;
  readonly #now: () => Date;
  #keysMade = 0;

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  /** @throws ConflictError where there is one of that name */
  add(name = `Customer ${this.#customers.length + 1}`): Customer {
    if (this.#customers.some((each) => each.name === name)) throw new recordErrors.CustomerExistsError(name);
    const customer = { id: this.#makeId(), name, isActive: true, apiKeys: [], forgeAccounts: [] };
    this.#customers.push(customer);
    return customer;
  }

  /**
   * Who the presented key speaks for.
   *
   * @param identified told of a key that exists, also where it is refused
   * @throws the errors of a key that does not count
   */
  authenticate(presentedKey: string | undefined, identified: (apiKey: ApiKey) => void): Caller {
    if (presentedKey === undefined) throw new errors.ApiKeyMissingError();
    const caller = this.#find(presentedKey);
    if (caller === undefined) throw new errors.ApiKeyUnknownError();
    const { apiKey, customer } = caller;
    apiKey.lastUsedAt = this.#now();
    identified(apiKey);
    if (apiKey.revokedAt !== null) throw new errors.ApiKeyRevokedError();
    if (apiKey.expiresAt !== null && apiKey.expiresAt <= this.#now()) {
      throw new errors.ApiKeyExpiredError(apiKey.expiresAt);
    }
    if (!customer.isActive) throw new errors.CustomerInactiveError();
    return caller;
  }

  /** @throws ConflictError where it counts already */
  addKey(customer: Customer, { secret = `rsolv_testing_${++this.#keysMade}`, ...spec }: KeySpec): ApiKey {
    if (this.#find(secret) !== undefined) throw new recordErrors.ApiKeyExistsError();
    const apiKey: ApiKey = {
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
   * Makes a key that may do the same; the old one counts for the overlap, and no longer than it would have.
   *
   * @throws RecordNotFoundError; ConflictError where the old one counts no longer
   */
  rotateKey(customer: Customer, id: string, after: { overlapMs: number; expiresAt: Date }): ApiKey {
    const old = requireKey(customer, id);
    if (old.revokedAt !== null || !this.#isToCome(old.expiresAt)) {
      throw new recordErrors.ApiKeyNoLongerValidError({ name: old.name, lastFour: old.secret.slice(-4) });
    }
    const { name, scopes, repositories } = old;
    const made = this.addKey(customer, { name, scopes, repositories, expiresAt: after.expiresAt });
    old.expiresAt = new Date(Math.min(old.expiresAt?.getTime() ?? Infinity, this.#now().getTime() + after.overlapMs));
    return made;
  }

  /** @throws RecordNotFoundError */
  revokeKey(customer: Customer, id: string): ApiKey {
    const apiKey = requireKey(customer, id);
    apiKey.revokedAt ??= this.#now();
    return apiKey;
  }

  /** @throws InvalidInputError where it can't be one; ConflictError where the customer has the claim already */
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

  /** A claim that a workflow could verify; there are none here. @throws InvalidInputError where it can't be one */
  requestVerification(customer: Customer, ref: NamespaceRef) {
    const account = findForgeAccount(customer, ref) ?? this.addForgeAccount(customer, ref);
    return { account, nonce: this.#makeId(), expiresAt: new Date(this.#now().getTime() + 24 * 3_600_000) };
  }

  /** @throws RecordNotFoundError; ConflictError where another customer holds the namespace */
  verifyForgeAccount(customer: Customer, ref: NamespaceRef): void {
    const account = requireForgeAccount(customer, ref);
    const others = this.#customers.filter((each) => each !== customer).flatMap(({ forgeAccounts }) => forgeAccounts);
    const held = others.find((each) => each.verifiedAt !== null && isHeldAround(each, account));
    if (held)
      throw new recordErrors.NamespaceTakenError({
        ...ref,
        namespace: account.namespace,
        verifiedNamespace: held.namespace,
      });
    account.verifiedAt ??= this.#now();
    account.verifiedBy ??= 'operator';
  }

  /** @throws RecordNotFoundError */
  removeForgeAccount(customer: Customer, ref: NamespaceRef): ForgeAccount {
    const account = requireForgeAccount(customer, ref);
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

  #isToCome(moment: Date | null): boolean {
    return moment === null || moment > this.#now();
  }
}

const findForgeAccount = ({ forgeAccounts }: Customer, { forge, namespace }: NamespaceRef) =>
  forgeAccounts.find((each) => each.forge === forge && each.namespace.toLowerCase() === namespace.toLowerCase());

function requireForgeAccount(customer: Customer, ref: NamespaceRef): ForgeAccount {
  const account = findForgeAccount(customer, ref);
  if (account !== undefined) return account;
  throw new recordErrors.ForgeAccountNotFoundError({ ...ref, customer: customer.name });
}

function requireKey({ apiKeys }: Customer, id: string): ApiKey {
  const apiKey = apiKeys.find((each) => each.id === id.toLowerCase());
  if (apiKey !== undefined) return apiKey;
  throw new recordErrors.ApiKeyNotFoundError(id);
}

/** Whether one namespace is the other, lies in it, or has it within. */
function isHeldAround(held: NamespaceRef, wanted: NamespaceRef): boolean {
  const [one, other] = [held, wanted].map(({ namespace }) => namespace.toLowerCase());
  return (
    held.forge === wanted.forge &&
    (enclosingNamespaces(`${one}`).includes(`${other}`) || enclosingNamespaces(`${other}`).includes(`${one}`))
  );
}
