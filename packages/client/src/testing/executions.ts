// Store and retrieve in memory: access, idempotency, and which execution is the newest.
import { restrictionTo } from '@rsolv/shared/contract/api-key';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { IdempotencyKeyReusedError, InvalidInputError } from '@rsolv/shared/errors/platform-error';
import {
  ExecutionEndedError,
  ExecutionNotFoundError,
  OtherExecutionError,
  RepositoryExistsError,
  RepositoryNotFoundError,
} from '@rsolv/shared/errors/record-errors';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeIdentity, type StoreInput, type StoreOutput } from '@rsolv/shared/contract/store';
import { mayRead, requireAccess } from './access.ts';
import { findFullId } from './find-full-id.ts';
import { newest, newestByIssue } from './newest.ts';
import type { Caller, Customer } from './records.ts';
import { dataOf, keyOf, toStoredExecution, type Stored } from './stored.ts';
import type { StoredExecution } from './stored-execution.ts';

/** A store with an idempotency key. */
interface KeyedStore {
  readonly identity: string;
  readonly executionId: string;
  readonly storedAt: Date;
}

/** How long idempotency keys are kept. */
const retentionMs = 24 * 60 * 60 * 1000;

/** All executions, the oldest first. */
export class Executions {
  readonly #makeId: () => string;
  readonly #now: () => Date;
  #stored: Stored[] = [];
  readonly #keyedStores = new Map<string, KeyedStore>();
  /** By {@link keyOf}, in the letter case of their first store. */
  readonly #repositories = new Map<string, { readonly id: string; readonly repo: string }>();

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  /**
   * @throws the errors of {@link requireAccess}, IdempotencyKeyReusedError, ExecutionNotFoundError, ExecutionEndedError,
   *   OtherExecutionError
   */
  store(caller: Caller, input: StoreInput): { readonly answer: StoreOutput; readonly isReplay: boolean } {
    requireAccess(caller, 'phases:write', input);
    const { customer } = caller;
    const first = this.#findStored(customer, input);
    const id = first ?? (input.executionId === undefined ? this.#add(caller, input) : this.#update(caller, input));
    return { answer: { success: true, id, phase: input.phase }, isReplay: first !== undefined };
  }

  /** @throws the errors of {@link requireAccess}, UnrepresentableDataError */
  retrieve(caller: Caller, sent: RetrieveInput, carriesAnyJson: boolean): RetrieveOutput {
    requireAccess(caller, 'phases:read', sent);
    const repository = keyOf(sent);
    const candidates = this.#stored.filter(
      (each) =>
        each.customer === caller.customer && each.repository === repository && each.input.status === 'completed',
    );
    const commits = candidates.map(({ input: { commitSha } }) => commitSha);
    const input = { ...sent, commitSha: findFullId(sent.commitSha, commits) };
    const scan = newest(
      candidates.filter(({ input: { phase, commitSha } }) => phase === 'scan' && commitSha === input.commitSha),
    );
    const byIssue = (phase: 'validation' | 'mitigation') =>
      newestByIssue(candidates, { phase, carriesAnyJson, ...input });
    const validation = byIssue('validation');
    const mitigation = byIssue('mitigation');
    return {
      ...(scan && { scan: dataOf(scan, { carriesAnyJson, path: ['scan'] }) }),
      ...(validation && { validation }),
      ...(mitigation && { mitigation }),
    };
  }

  list(): StoredExecution[] {
    return this.#stored.map(toStoredExecution);
  }

  /** The executions of the caller's customer in repositories that the caller may read. */
  readable(caller: Caller): readonly Stored[] {
    return this.#stored.filter(({ customer, input }) => customer === caller.customer && mayRead(caller, input));
  }

  /** @throws RepositoryNotFoundError, RepositoryExistsError, InvalidInputError */
  rename(caller: Caller, id: string, to: RepositoryRef): void {
    const before = this.readable(caller).find(({ repositoryId }) => repositoryId === id)?.input;
    if (before?.forge !== to.forge) throw new RepositoryNotFoundError(id);
    const repo = `${to.namespace}/${to.name}`;
    const [oldKey, newKey] = [keyOf(before), keyOf(to)];
    if (oldKey !== newKey && this.#repositories.has(newKey)) throw new RepositoryExistsError(repo);
    if (!mayRead(caller, to)) {
      const message = `is in the namespace "${to.namespace}", which the customer has not verified`;
      throw new InvalidInputError([{ path: 'repo', message }]);
    }
    this.#repositories.delete(oldKey);
    this.#repositories.set(newKey, { id, repo });
    this.#stored = this.#stored.map((each) =>
      each.repositoryId === id ? { ...each, repo, repository: newKey, input: { ...each.input, ...to } } : each,
    );
    for (const { repositories } of caller.customer.apiKeys) {
      const at = repositories?.indexOf(restrictionTo(before)) ?? -1;
      if (at >= 0) repositories?.splice(at, 1, restrictionTo(to));
    }
  }

  clear(): void {
    this.#stored = [];
    this.#keyedStores.clear();
    this.#repositories.clear();
  }

  /** The execution that the same store has created before. */
  #findStored(customer: Customer, input: StoreInput): string | undefined {
    const first = this.#keyedStores.get(idempotencyScope(customer, input));
    if (first === undefined || this.#now().getTime() - first.storedAt.getTime() > retentionMs) return undefined;
    if (first.identity === storeIdentity(input)) return first.executionId;
    throw new IdempotencyKeyReusedError();
  }

  #add({ customer, apiKey }: Caller, input: StoreInput): string {
    const id = this.#makeId();
    const now = this.#now();
    const repository = keyOf(input);
    const { id: repositoryId, repo } = this.#repositoryOf(input);
    this.#stored.push({
      id,
      customer,
      apiKey,
      input,
      data: JSON.stringify(input.data),
      repository,
      repositoryId,
      repo,
      createdAt: now,
      ...timesOf(input, now),
    });
    this.#keep(customer, input, id);
    return id;
  }

  #update(caller: Caller, input: StoreInput): string {
    const { customer, apiKey } = caller;
    const at = this.#stored.findIndex((each) => each.id === input.executionId && each.customer === customer);
    const found = this.#stored[at];
    if (found === undefined || !mayRead(caller, found.input)) throw new ExecutionNotFoundError(input.executionId ?? '');
    requireUpdatable(found, input);
    const { startedAt, completedAt } = timesOf(input, this.#now());
    this.#stored[at] = {
      ...found,
      apiKey,
      input: withBranchOf(found.input, input),
      data: JSON.stringify(input.data),
      startedAt: input.startedAt ?? found.startedAt ?? startedAt,
      completedAt,
    };
    this.#keep(customer, input, found.id);
    return found.id;
  }

  #keep(customer: Customer, input: StoreInput, executionId: string): void {
    if (input.idempotencyKey === null) return;
    const kept = { identity: storeIdentity(input), executionId, storedAt: this.#now() };
    this.#keyedStores.set(idempotencyScope(customer, input), kept);
  }

  #repositoryOf(input: StoreInput) {
    const key = keyOf(input);
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const repository = { id: this.#makeId(), repo: `${input.namespace}/${input.name}` };
    this.#repositories.set(key, repository);
    return repository;
  }
}

const hasEnded = ({ status }: StoreInput) => status === 'completed' || status === 'failed';

const timesOf = (input: StoreInput, now: Date) => ({
  startedAt: input.startedAt ?? (input.status === 'pending' ? null : now),
  completedAt: hasEnded(input) ? (input.completedAt ?? now) : null,
});

/** @throws ExecutionEndedError, OtherExecutionError */
function requireUpdatable({ id, input: before, repository }: Stored, input: StoreInput): void {
  if (hasEnded(before)) throw new ExecutionEndedError({ id, status: before.status });
  const issueOf = (each: StoreInput) => (each.phase === 'scan' ? null : each.issueNumber);
  const isSame = before.phase === input.phase && repository === keyOf(input) && issueOf(before) === issueOf(input);
  if (!isSame) throw new OtherExecutionError(id);
}

const withBranchOf = (before: StoreInput, input: StoreInput): StoreInput =>
  input.phase === 'scan' && before.phase === 'scan' ? { ...input, branch: input.branch ?? before.branch } : input;

const idempotencyScope = ({ id }: Customer, { idempotencyKey }: StoreInput): string => `${id} ${idempotencyKey}`;
