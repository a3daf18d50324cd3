// What was stored: once under an idempotency key, by whoever may, and the newest of it for a retrieve.
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

interface Stored {
  readonly id: string;
  readonly customer: Customer;
  readonly input: StoreInput;
  /** As text, so that nobody who was handed the object can change it. */
  readonly data: string;
  readonly repository: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** A store that was answered under an idempotency key. */
interface Claim {
  readonly identity: string;
  readonly executionId: string;
  readonly claimedAt: Date;
}

const memoryMs = 24 * 60 * 60 * 1000;

/** Every execution, the oldest first. */
export class Executions {
  readonly #makeId: () => string;
  readonly #now: () => Date;
  #stored: Stored[] = [];
  readonly #claims = new Map<string, Claim>();
  /** Repositories as they were spelled first. */
  readonly #spelled = new Map<string, string>();

  constructor(makeId: () => string, now: () => Date) {
    this.#makeId = makeId;
    this.#now = now;
  }

  /** @throws what {@link requireAccess} throws, IdempotencyKeyReusedError */
  store(caller: Caller, input: StoreInput): { readonly answer: StoreOutput; readonly isReplay: boolean } {
    requireAccess(caller, 'phases:write', input);
    const { customer } = caller;
    const first = this.#recall(customer, input);
    const id = first ?? this.#add(customer, input);
    return { answer: { success: true, id, phase: input.phase }, isReplay: first !== undefined };
  }

  /** @throws what {@link requireAccess} throws */
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
    return this.#stored.map((stored) => toStoredExecution(stored, this.#spelled.get(stored.repository) ?? ''));
  }

  clear(): void {
    this.#stored = [];
    this.#claims.clear();
    this.#spelled.clear();
  }

  /** The execution that this store was answered with before. */
  #recall(customer: Customer, input: StoreInput): string | undefined {
    const claim = this.#claims.get(claimOf(customer, input));
    if (claim === undefined || this.#now().getTime() - claim.claimedAt.getTime() > memoryMs) return undefined;
    if (claim.identity === storeIdentity(input)) return claim.executionId;
    throw new IdempotencyKeyReusedError();
  }

  #add(customer: Customer, input: StoreInput): string {
    const id = this.#makeId();
    const now = this.#now();
    const repository = keyOf(input);
    if (!this.#spelled.has(repository)) this.#spelled.set(repository, `${input.namespace}/${input.name}`);
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
      this.#claims.set(claimOf(customer, input), { identity: storeIdentity(input), executionId: id, claimedAt: now });
    }
    return id;
  }
}

const claimOf = ({ id }: Customer, { idempotencyKey }: StoreInput): string => `${id} ${idempotencyKey}`;

const keyOf = ({ forge, namespace, name }: RepositoryRef): string => `${forge}:${namespace}/${name}`.toLowerCase();

function dataOf({ data }: Stored): JsonObject {
  const own: unknown = JSON.parse(data);
  if (isJsonObject(own)) return own;
  throw new Error('What was stored is no object.');
}

/** The one that completed last; of those that completed together, the one that was stored last. */
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
    const isAskedFor =
      issueNumber === null ? each.input.commitSha === commitSha : each.input.issueNumber === issueNumber;
    if (isAskedFor) byIssue.set(each.input.issueNumber, [...(byIssue.get(each.input.issueNumber) ?? []), each]);
  }
  const found: Record<`issue-${number}`, JsonObject> = {};
  for (const [issue, stored] of byIssue) {
    const last = newest(stored);
    if (last !== undefined) found[`issue-${issue}`] = answerOf(last);
  }
  return byIssue.size === 0 ? undefined : found;
}

/** A mitigation's data comes with what was derived from it; where both have a key, what was sent counts. */
function answerOf(stored: Stored): JsonObject {
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
