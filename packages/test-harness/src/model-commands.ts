// Actions of customers and operators. Each runs on the platform and on its model, and their results must be equal.
import { deepStrictEqual, rejects } from 'node:assert/strict';
import { ConflictError } from '@rsolv/shared/errors/platform-error';
import type { AsyncCommand } from 'fast-check';
import { z } from 'zod';
import { createKey } from '@rsolv/server/accounts/create-key';
import { findCustomer } from '@rsolv/server/accounts/find-customer';
import { revokeKey } from '@rsolv/server/accounts/revoke-key';
import { addForgeAccount } from '@rsolv/server/accounts/add-forge-account';
import { removeForgeAccount } from '@rsolv/server/accounts/remove-forge-account';
import { verifyForgeAccount } from '@rsolv/server/accounts/verify-forge-account';
import { retrieve, store, type Answer } from './calls.ts';
import { by, keyRing } from './key-ring.ts';
import type { Execution, Key, Model } from './model.ts';
import type { TestPlatform } from './platform.ts';

/** The platform, and its records that correspond to those of the model. */
export interface Real {
  readonly platform: TestPlatform;
  /** Makes namespaces unique, so that sequences do not affect each other. */
  readonly prefix: string;
  readonly customerIds: readonly string[];
  readonly keys: { readonly id: string; readonly apiKey: string }[];
}

export type Command = AsyncCommand<Model, Real>;

const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('none');
  return item;
};
const codeOf = ({ body }: Answer) => z.object({ error: z.object({ code: z.string() }) }).parse(body).error.code;
const idOf = ({ body }: Answer) => z.object({ id: z.string() }).parse(body).id;
const customerOf = async ({ platform, customerIds }: Real, index: number) => {
  const em = platform.database.fork();
  return { em, customer: await findCustomer(em, at(customerIds, index)) };
};

/** The API key that sends a request, and the repository and commit that it names. */
export interface Where {
  readonly key: number;
  readonly namespace: string;
  readonly name: string;
  readonly commit: string;
  readonly isUpperCase: boolean;
}

const spell = ({ prefix }: Real, { namespace, name, isUpperCase }: Where) => {
  const repo = `${prefix}-${namespace}/${name}`;
  return isUpperCase ? repo.toUpperCase() : repo;
};

export class Store implements Command {
  readonly where: Where;
  readonly what: Pick<Execution, 'phase' | 'issue' | 'value'>;
  readonly idempotencyKey: string | null;
  constructor(where: Where, what: Pick<Execution, 'phase' | 'issue' | 'value'>, idempotencyKey: string | null) {
    this.where = idempotencyKey === null ? where : { ...where, isUpperCase: false };
    this.what = what;
    this.idempotencyKey = idempotencyKey;
  }
  check = (model: Readonly<Model>) => model.keys.length > 0;
  toString = () => `store ${JSON.stringify({ ...this.where, ...this.what, idempotencyKey: this.idempotencyKey })}`;

  async run(model: Model, real: Real) {
    const { where, what, idempotencyKey } = this;
    const key = at(model.keys, where.key);
    const repo = `${where.namespace}/${where.name}`;
    const body = {
      phase: what.phase,
      repo: spell(real, where),
      commitSha: where.commit,
      issueNumber: what.issue,
      data: { value: what.value },
      ...(idempotencyKey !== null && { idempotencyKey }),
    };
    const answer = await store(real.platform, at(real.keys, where.key), body);
    const refusal = model.refusal(key, 'phases:write', where.namespace, repo);
    if (refusal !== undefined) return deepStrictEqual(codeOf(answer), refusal);
    const before = model.idempotentStores.get(`${key.customer} ${idempotencyKey}`);
    if (idempotencyKey !== null && before !== undefined) {
      if (before.body !== JSON.stringify(body)) return deepStrictEqual(codeOf(answer), 'IDEMPOTENCY_KEY_REUSED');
      return deepStrictEqual(idOf(answer), before.id);
    }
    const id = idOf(answer);
    if (idempotencyKey !== null) {
      model.idempotentStores.set(`${key.customer} ${idempotencyKey}`, { body: JSON.stringify(body), id });
    }
    model.executions.push({ ...what, customer: key.customer, repo, commit: where.commit });
  }
}

export class Retrieve implements Command {
  readonly where: Where;
  readonly issue: number | null;
  constructor(where: Where, issue: number | null) {
    this.where = where;
    this.issue = issue;
  }
  check = (model: Readonly<Model>) => model.keys.length > 0;
  toString = () => `retrieve ${JSON.stringify({ ...this.where, issue: this.issue })}`;

  async run(model: Model, real: Real) {
    const { where, issue } = this;
    const key = at(model.keys, where.key);
    const repo = `${where.namespace}/${where.name}`;
    const query = { repo: spell(real, where), commit: where.commit, ...(issue !== null && { issue: String(issue) }) };
    const answer = await retrieve(real.platform, at(real.keys, where.key), query);
    const refusal = model.refusal(key, 'phases:read', where.namespace, repo);
    if (refusal !== undefined) return deepStrictEqual(codeOf(answer), refusal);

    const own = model.executions.filter((each) => each.customer === key.customer && each.repo === repo);
    const expected: Record<string, object> = {};
    for (const { phase, commit, issue: of, value } of own) {
      if (phase === 'scan' && commit === where.commit) expected['scan'] = { value };
      const isMeant = issue === null ? commit === where.commit : of === issue;
      if (phase !== 'scan' && isMeant) expected[phase] = { ...expected[phase], [`issue-${of}`]: { value } };
    }
    deepStrictEqual(answer.body, expected);
  }
}

export class CreateKey implements Command {
  readonly key: Omit<Key, 'isRevoked'>;
  constructor(key: Omit<Key, 'isRevoked'>) {
    this.key = key;
  }
  check = () => true;
  toString = () => `create key ${JSON.stringify(this.key)}`;

  async run(model: Model, real: Real) {
    const { scopes, only } = this.key;
    const { em, customer } = await customerOf(real, this.key.customer);
    const repositories = only === undefined ? {} : { repositories: [`github:${real.prefix}-${only}`] };
    const options = { by, customer, name: 'any', expiresAt: null, scopes, ...repositories };
    const { apiKey, secret } = await createKey(em, keyRing, options);
    real.keys.push({ id: apiKey.id, apiKey: secret });
    model.keys.push({ ...this.key, isRevoked: false });
  }
}

export class RevokeKey implements Command {
  readonly key: number;
  constructor(key: number) {
    this.key = key;
  }
  check = (model: Readonly<Model>) => model.keys.length > 0;
  toString = () => `revoke key ${this.key}`;

  async run(model: Model, real: Real) {
    await revokeKey(real.platform.database.fork(), { apiKeyId: at(real.keys, this.key).id }, by);
    at(model.keys, this.key).isRevoked = true;
  }
}

export class ChangeForgeAccount implements Command {
  readonly action: 'add' | 'verify' | 'remove';
  readonly customer: number;
  readonly namespace: string;
  constructor(action: ChangeForgeAccount['action'], customer: number, namespace: string) {
    this.action = action;
    this.customer = customer;
    this.namespace = namespace;
  }
  get #account() {
    return `${this.customer} ${this.namespace}`;
  }
  check = (model: Readonly<Model>) => (this.action === 'add') !== model.forgeAccounts.has(this.#account);
  toString = () => `${this.action} ${this.#account}`;

  async run(model: Model, real: Real) {
    const { em, customer } = await customerOf(real, this.customer);
    const ref = { customer, forge: 'github', namespace: `${real.prefix}-${this.namespace}` } as const;
    const verifiedCustomer = model.verifiedCustomers.get(this.namespace);
    switch (this.action) {
      case 'add':
        await addForgeAccount(em, ref, by);
        model.forgeAccounts.add(this.#account);
        break;
      case 'remove':
        await removeForgeAccount(em, ref, by);
        model.forgeAccounts.delete(this.#account);
        if (verifiedCustomer === this.customer) model.verifiedCustomers.delete(this.namespace);
        break;
      case 'verify':
        if (verifiedCustomer !== undefined && verifiedCustomer !== this.customer) {
          await rejects(verifyForgeAccount(em, ref, by), ConflictError);
        } else {
          await verifyForgeAccount(em, ref, by);
          model.verifiedCustomers.set(this.namespace, this.customer);
        }
    }
  }
}
