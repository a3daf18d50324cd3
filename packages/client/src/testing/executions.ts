// Store and retrieve in memory: access, idempotency, and which execution is the newest.
import {
  deriveMitigationColumns,
  deriveScanColumns,
  deriveValidationColumns,
} from '@rsolv/shared/contract/derive-columns';
import { isJsonObject, type JsonObject } from '@rsolv/shared/json/json';
import { IdempotencyKeyReusedError } from '@rsolv/shared/errors/platform-error';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeIdentity, type StoreInput, type StoreOutput } from '@rsolv/shared/contract/store';
import { requireAccess } from './access.ts';
import type { Caller, Customer } from './records.ts';
import type { StoredExecution } from './stored-execution.ts';

/** A stored execution. */
interface Stored {
  readonly id: string;
  readonly customer: Customer;
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
  /** The repositories in the letter case of their first store. */
  readonly #repositoryNames = new Map<string, string>();

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  /** @throws the errors of {@link requireAccess}, IdempotencyKeyReusedError */
  store(caller: Caller, input: StoreInput): { readonly answer: StoreOutput; readonly isReplay: boolean } {
    requireAccess(caller, 'phases:write', input);
    const { customer } = caller;
    const first = this.#findStored(customer, input);
    const id = first ?? this.#add(customer, input);
    return { answer: { success: true, id, phase: input.phase }, isReplay: first !== undefined };
  }

  /** @throws the errors of {@link requireAccess} */
  retrieve(caller: Caller, input: RetrieveInput): RetrieveOutput {
    requireAccess(caller, 'phases:read', input);
    const repository = keyOf(input);
    const candidates = this.#stored.filter(
      (each) =>
        each.customer === caller.customer && each.repository === repository && each.input.status === 'completed',
    );
    const scan = newest(
      candidates.filter(({ input: { phase, commitSha } }) => phase === 'scan' && commitSha === input.commitSha),
    );
    const validation = newestByIssue('validation', candidates, input);
    const mitigation = newestByIssue('mitigation', candidates, input);
    return {
      ...(scan && { scan: dataOf(scan) }),
      ...(validation && { validation }),
      ...(mitigation && { mitigation }),
    };
  }

  list(): StoredExecution[] {
    return this.#stored.map((stored) => toStoredExecution(stored, this.#repositoryNames.get(stored.repository) ?? ''));
  }

  clear(): void {
    this.#stored = [];
    this.#keyedStores.clear();
    this.#repositoryNames.clear();
  }

  /** The execution that the same store has created before. */
  #findStored(customer: Customer, input: StoreInput): string | undefined {
    const first = this.#keyedStores.get(idempotencyScope(customer, input));
    if (first === undefined || this.#now().getTime() - first.storedAt.getTime() > retentionMs) return undefined;
    if (first.identity === storeIdentity(input)) return first.executionId;
    throw new IdempotencyKeyReusedError();
  }

  #add(customer: Customer, input: StoreInput): string {
    const id = this.#makeId();
    const now = this.#now();
    const repository = keyOf(input);
    if (!this.#repositoryNames.has(repository))
      this.#repositoryNames.set(repository, `${input.namespace}/${input.name}`);
    const hasEnded = input.status === 'completed' || input.status === 'failed';
    this.#stored.push({
      id,
      customer,
      input,
      data: JSON.stringify(input.data),
      repository,
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
}

const idempotencyScope = ({ id }: Customer, { idempotencyKey }: StoreInput): string => `${id} ${idempotencyKey}`;

const keyOf = ({ forge, namespace, name }: RepositoryRef): string => `${forge}:${namespace}/${name}`.toLowerCase();

function dataOf({ data }: Stored): JsonObject {
  const own: unknown = JSON.parse(data);
  if (isJsonObject(own)) return own;
  throw new Error('The stored data is not an object.');
}

/** The execution that completed last. Of several that completed at the same time, the one that was stored last. */
function newest(stored: readonly Stored[]): Stored | undefined {
  const completedAt = (each: Stored) => each.completedAt?.getTime() ?? 0;
  let found: Stored | undefined;
  for (const each of stored) if (found === undefined || completedAt(each) >= completedAt(found)) found = each;
  return found;
}

function newestByIssue(
  phase: 'validation' | 'mitigation',
  candidates: readonly Stored[],
  { issueNumber, commitSha }: RetrieveInput,
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
    if (last !== undefined) found[`issue-${issue}`] = retrievedData(last);
  }
  return byIssue.size === 0 ? undefined : found;
}

/** Adds the derived columns to the data of a mitigation. Keys in the data take precedence. */
function retrievedData(stored: Stored): JsonObject {
  const data = dataOf(stored);
  if (stored.input.phase !== 'mitigation') return data;
  const derived = Object.entries(deriveMitigationColumns(data)).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(derived), ...data };
}

function toStoredExecution(stored: Stored, repo: string): StoredExecution {
  const { id, customer, input, startedAt, completedAt } = stored;
  const { forge, commitSha, status, errorMessage, idempotencyKey } = input;
  const data = dataOf(stored);
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
