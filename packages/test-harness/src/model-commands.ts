// What customers and operators do, each done to the platform and to its model, which have to agree on what comes of it.
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

/** The platform, and what things of the model are there. */
export interface Real {
  readonly platform: TestPlatform;
  /** So that sequences are strangers to each other. */
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

/** Who asks for what place. */
export interface Where {
  readonly key: number;
  readonly namespace: string;
  readonly name: string;
  readonly commit: string;
  readonly isLoud: boolean;
}

const spell = ({ prefix }: Real, { namespace, name, isLoud }: Where) => {
  const repo = `${prefix}-${namespace}/${name}`;
  return isLoud ? repo.toUpperCase() : repo;
};

export class Store implements Command {
  readonly where: Where;
  readonly what: Pick<Execution, 'phase' | 'issue' | 'value'>;
  readonly once: string | null;
  constructor(where: Where, what: Pick<Execution, 'phase' | 'issue' | 'value'>, once: string | null) {
    this.where = once === null ? where : { ...where, isLoud: false };
    this.what = what;
    this.once = once;
  }
  check = (model: Readonly<Model>) => model.keys.length > 0;
  toString = () => `store ${JSON.stringify({ ...this.where, ...this.what, once: this.once })}`;

  async run(model: Model, real: Real) {
    const { where, what, once } = this;
    const key = at(model.keys, where.key);
    const repo = `${where.namespace}/${where.name}`;
    const body = {
      phase: what.phase,
      repo: spell(real, where),
      commitSha: where.commit,
      issueNumber: what.issue,
      data: { value: what.value },
      ...(once !== null && { idempotencyKey: once }),
    };
    const answer = await store(real.platform, at(real.keys, where.key), body);
    const refusal = model.refusal(key, 'phases:write', where.namespace, repo);
    if (refusal !== undefined) return deepStrictEqual(codeOf(answer), refusal);
    const before = model.once.get(`${key.customer} ${once}`);
    if (once !== null && before !== undefined) {
      if (before.of !== JSON.stringify(body)) return deepStrictEqual(codeOf(answer), 'IDEMPOTENCY_KEY_REUSED');
      return deepStrictEqual(idOf(answer), before.id);
    }
    const id = idOf(answer);
    if (once !== null) model.once.set(`${key.customer} ${once}`, { of: JSON.stringify(body), id });
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

export class MakeKey implements Command {
  readonly key: Omit<Key, 'isRevoked'>;
  constructor(key: Omit<Key, 'isRevoked'>) {
    this.key = key;
  }
  check = () => true;
  toString = () => `make key ${JSON.stringify(this.key)}`;

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

export class Claim implements Command {
  readonly act: 'add' | 'verify' | 'remove';
  readonly customer: number;
  readonly namespace: string;
  constructor(act: Claim['act'], customer: number, namespace: string) {
    this.act = act;
    this.customer = customer;
    this.namespace = namespace;
  }
  get #claim() {
    return `${this.customer} ${this.namespace}`;
  }
  check = (model: Readonly<Model>) => (this.act === 'add') !== model.claims.has(this.#claim);
  toString = () => `${this.act} ${this.#claim}`;

  async run(model: Model, real: Real) {
    const { em, customer } = await customerOf(real, this.customer);
    const ref = { customer, forge: 'github', namespace: `${real.prefix}-${this.namespace}` } as const;
    const holder = model.holders.get(this.namespace);
    switch (this.act) {
      case 'add':
        await addForgeAccount(em, ref, by);
        model.claims.add(this.#claim);
        break;
      case 'remove':
        await removeForgeAccount(em, ref, by);
        model.claims.delete(this.#claim);
        if (holder === this.customer) model.holders.delete(this.namespace);
        break;
      case 'verify':
        if (holder !== undefined && holder !== this.customer) {
          await rejects(verifyForgeAccount(em, ref, by), ConflictError);
        } else {
          await verifyForgeAccount(em, ref, by);
          model.holders.set(this.namespace, this.customer);
        }
    }
  }
}
