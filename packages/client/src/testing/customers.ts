// Who calls, and what they may reach.
import { namespaceProblem, type ForgeType } from '@rsolv/shared/forge';
import * as errors from '@rsolv/shared/platform-error';
import type { RepositoryRef } from '@rsolv/shared/repository-input';
import type { WhoamiOutput } from '@rsolv/shared/whoami';

/** A key of a customer. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  revokedAt: Date | null;
}

/** A customer's claim to a namespace. */
export interface ForgeAccount {
  readonly id: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  verifiedAt: Date | null;
}

/** A customer with all that it has. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  isActive: boolean;
  readonly apiKeys: ApiKey[];
  forgeAccounts: ForgeAccount[];
}

/** Who a request speaks for. */
export interface Caller {
  readonly customer: Customer;
  readonly apiKey: ApiKey;
}

/** A namespace of a forge. */
export type NamespaceRef = Pick<RepositoryRef, 'forge' | 'namespace'>;

/** Every customer of a platform. What an operator does wrong throws a plain Error. */
export class Customers {
  readonly #customers: Customer[] = [];
  readonly #makeId: () => string;
  readonly #now: () => Date;
  #keysMade = 0;

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  add(name = `Customer ${this.#customers.length + 1}`): Customer {
    if (this.#customers.some((each) => each.name === name)) throw new Error(`There is a customer "${name}" already.`);
    const customer = { id: this.#makeId(), name, isActive: true, apiKeys: [], forgeAccounts: [] };
    this.#customers.push(customer);
    return customer;
  }

  addKey(customer: Customer, options: { secret?: string | undefined; name: string; expiresAt: Date | null }): ApiKey {
    const { secret = `rsolv_testing_${++this.#keysMade}`, ...given } = options;
    if (this.#find(secret) !== undefined) throw new Error('This API key is in use already.');
    const apiKey = { id: this.#makeId(), secret, createdAt: this.#now(), revokedAt: null, ...given };
    customer.apiKeys.push(apiKey);
    return apiKey;
  }

  addForgeAccount(customer: Customer, { forge, namespace }: NamespaceRef): void {
    const problem = namespaceProblem(forge, namespace);
    if (problem !== undefined) throw new Error(`The namespace can't be one: ${problem}`);
    if (findForgeAccount(customer, { forge, namespace }) !== undefined) {
      throw new Error(`The customer "${customer.name}" has a ${forge} forge account for "${namespace}" already.`);
    }
    customer.forgeAccounts.push({ id: this.#makeId(), forge, namespace, verifiedAt: null });
  }

  verifyForgeAccount(customer: Customer, ref: NamespaceRef): void {
    const account = requireForgeAccount(customer, ref);
    const holder = this.#customers.find((each) => findForgeAccount(each, ref)?.verifiedAt);
    if (holder !== undefined && holder !== customer) {
      throw new Error(`The customer "${holder.name}" holds "${ref.namespace}" verified, and only one can.`);
    }
    account.verifiedAt ??= this.#now();
  }

  removeForgeAccount(customer: Customer, ref: NamespaceRef): void {
    const account = requireForgeAccount(customer, ref);
    customer.forgeAccounts = customer.forgeAccounts.filter((each) => each !== account);
  }

  revokeKey(customer: Customer, secret: string): void {
    const apiKey = customer.apiKeys.find((each) => each.secret === secret);
    if (apiKey === undefined) throw new Error(`The customer "${customer.name}" has no such API key.`);
    apiKey.revokedAt ??= this.#now();
  }

  /** @throws the errors of a key that does not count */
  authenticate(presentedKey: string | undefined): Caller {
    if (presentedKey === undefined) throw new errors.ApiKeyMissingError();
    const caller = this.#find(presentedKey);
    if (caller === undefined) throw new errors.ApiKeyUnknownError();
    const { apiKey, customer } = caller;
    if (apiKey.revokedAt !== null) throw new errors.ApiKeyRevokedError();
    if (apiKey.expiresAt !== null && apiKey.expiresAt <= this.#now()) throw new errors.ApiKeyExpiredError();
    if (!customer.isActive) throw new errors.CustomerInactiveError();
    return caller;
  }

  #find(secret: string): Caller | undefined {
    for (const customer of this.#customers) {
      const apiKey = customer.apiKeys.find((each) => each.secret === secret);
      if (apiKey !== undefined) return { customer, apiKey };
    }
    return undefined;
  }
}

/** @throws ForgeAccountMissingError, ForgeAccountUnverifiedError */
export function requireAccess(customer: Customer, { forge, namespace }: NamespaceRef): void {
  const account = findForgeAccount(customer, { forge, namespace });
  const facts = { forge, namespace, customer: customer.name };
  if (account === undefined) {
    throw new errors.ForgeAccountMissingError({ ...facts, others: listForgeAccounts(customer) });
  }
  if (account.verifiedAt === null) throw new errors.ForgeAccountUnverifiedError(facts);
}

/** What a caller is told of itself. */
export function whoami({ customer, apiKey }: Caller): WhoamiOutput {
  const { id, name, secret, createdAt, expiresAt } = apiKey;
  return {
    customer: { id: customer.id, name: customer.name },
    apiKey: { id, name, lastFour: secret.slice(-4), createdAt, expiresAt },
    forgeAccounts: listForgeAccounts(customer),
  };
}

const findForgeAccount = ({ forgeAccounts }: Customer, { forge, namespace }: NamespaceRef) =>
  forgeAccounts.find((each) => each.forge === forge && each.namespace.toLowerCase() === namespace.toLowerCase());

function requireForgeAccount(customer: Customer, ref: NamespaceRef): ForgeAccount {
  const account = findForgeAccount(customer, ref);
  if (account !== undefined) return account;
  throw new Error(`The customer "${customer.name}" has no ${ref.forge} forge account for "${ref.namespace}".`);
}

const listForgeAccounts = ({ forgeAccounts }: Customer) =>
  forgeAccounts
    .map(({ id, forge, namespace, verifiedAt }) => ({
      id,
      forge,
      namespace,
      verified: verifiedAt !== null,
      verifiedAt,
    }))
    .toSorted((one, other) => one.namespace.localeCompare(other.namespace));
