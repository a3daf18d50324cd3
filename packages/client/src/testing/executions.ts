// Store and retrieve in memory: access, idempotency, and which execution is the newest.
import {
  deriveMitigationColumns,
  deriveScanColumns,
  deriveValidationColumns,
} from '@rsolv/shared/contract/derive-columns';
import type { JsonObject } from '@rsolv/shared/json/json';
import { readJsonText, toJsonObject, type Carrier } from '@rsolv/shared/json/read-json-text';
import { IdempotencyKeyReusedError } from '@rsolv/shared/errors/platform-error';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeIdentity, type StoreInput, type StoreOutput } from '@rsolv/shared/contract/store';
import { mayRead, requireAccess } from './access.ts';
import { findFullId } from './find-full-id.ts';
import type { ApiKey, Caller, Customer } from './records.ts';
import type { StoredExecution } from './stored-execution.ts';

/** A stored execution. */
export interface Stored {
  readonly id: string;
  readonly customer: Customer;
  /** The key that stored it. */
  readonly apiKey: ApiKey;
  readonly repositoryId: string;
  /** The path of the repository, in the letter case of its first store. */
  readonly repo: string;
  readonly createdAt: Date;
  readonly input: StoreInput;
  /** As JSON text, so that no caller can change it. */
  readonly data: string;
  readonly repository: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

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

  /** @throws the errors of {@link requireAccess}, IdempotencyKeyReusedError */
  store(caller: Caller, input: StoreInput): { readonly answer: StoreOutput; readonly isReplay: boolean } {
    requireAccess(caller, 'phases:write', input);
    const { customer } = caller;
    const first = this.#findStored(customer, input);
    const id = first ?? this.#add(caller, input);
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
    const hasEnded = input.status === 'completed' || input.status === 'failed';
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
      startedAt: input.startedAt ?? (input.status === 'pending' ? null : now),
      completedAt: hasEnded ? (input.completedAt ?? now) : null,
    });
    if (input.idempotencyKey !== null) {
      this.#keyedStores.set(idempotencyScope(customer, input), {
        identity: storeIdentity(input),
        executionId: id,
        storedAt: now,
      });
    }
    return id;
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

const idempotencyScope = ({ id }: Customer, { idempotencyKey }: StoreInput): string => `${id} ${idempotencyKey}`;

const keyOf = ({ forge, namespace, name }: RepositoryRef): string => `${forge}:${namespace}/${name}`.toLowerCase();

export const dataOf = ({ data }: Stored, carrier: Carrier): JsonObject => readJsonText(data, carrier);

/** The execution that completed last. Of several that completed at the same time, the one that was stored last. */
function newest(stored: readonly Stored[]): Stored | undefined {
  const completedAt = (each: Stored) => each.completedAt?.getTime() ?? 0;
  let found: Stored | undefined;
  for (const each of stored) if (found === undefined || completedAt(each) >= completedAt(found)) found = each;
  return found;
}

interface ByIssueInput extends RetrieveInput {
  readonly phase: 'validation' | 'mitigation';
  readonly carriesAnyJson: boolean;
}

function newestByIssue(
  candidates: readonly Stored[],
  { phase, issueNumber, commitSha, carriesAnyJson }: ByIssueInput,
): Record<`issue-${number}`, JsonObject> | undefined {
  const byIssue = new Map<number, Stored[]>();
  for (const each of candidates) {
    if (each.input.phase !== phase) continue;
    const isRequested =
      issueNumber === null ? each.input.commitSha === commitSha : each.input.issueNumber === issueNumber;
    if (isRequested) byIssue.set(each.input.issueNumber, [...(byIssue.get(each.input.issueNumber) ?? []), each]);
  }
  const found: Record<`issue-${number}`, JsonObject> = {};
  for (const [issue, stored] of byIssue) {
    const last = newest(stored);
    if (last === undefined) continue;
    const key = `issue-${issue}` as const;
    found[key] = retrievedData(last, { carriesAnyJson, path: [phase, key] });
  }
  return byIssue.size === 0 ? undefined : found;
}

/** Adds the derived columns to the data of a mitigation. Keys in the data take precedence. */
function retrievedData(stored: Stored, carrier: Carrier): JsonObject {
  const data = dataOf(stored, carrier);
  if (stored.input.phase !== 'mitigation') return data;
  const derived = Object.entries(deriveMitigationColumns(data)).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(derived), ...data };
}

function toStoredExecution(stored: Stored): StoredExecution {
  const { id, customer, input, repo, startedAt, completedAt } = stored;
  const { forge, commitSha, status, errorMessage, idempotencyKey } = input;
  const data = toJsonObject(JSON.parse(stored.data));
  const common = { id, customerId: customer.id, forge, repo, commitSha, status, errorMessage, idempotencyKey, data };
  const times = { startedAt: startedAt && new Date(startedAt), completedAt: completedAt && new Date(completedAt) };
  switch (input.phase) {
    case 'scan':
      return { ...common, ...times, phase: input.phase, branch: input.branch, derived: deriveScanColumns(data) };
    case 'validation':
      return { ...common, ...times, ...issueOf(input), phase: input.phase, derived: deriveValidationColumns(data) };
    case 'mitigation':
      return { ...common, ...times, ...issueOf(input), phase: input.phase, derived: deriveMitigationColumns(data) };
  }
}

const issueOf = ({ issueNumber }: { readonly issueNumber: number }) => ({ issueNumber });
