// Stores one phase's result.
import {
  deriveMitigationColumns,
  deriveScanColumns,
  deriveValidationColumns,
} from '@rsolv/shared/contract/derive-columns';
import type { StoreInput, StoreOutput } from '@rsolv/shared/contract/store';
import { uuidv7 } from 'uuidv7';
import { eventRow } from '../audit/event-row.ts';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { accessValues, requireAccess } from '../access/forge-access.ts';
import { idempotencyValues, findStoredExecution, rethrowInFlight } from './idempotency.ts';
import { storeStatement, type StoreValues } from './store-statement.ts';

/** What a store answers, whether it did so before, and whether the repository is new. */
interface StoreResult extends StoreOutput {
  readonly isReplay: boolean;
  readonly madeRepository: boolean;
  /** What the data weighs. */
  readonly bytes: number;
}

const statements = (isKeyed: boolean) => ({
  scan: storeStatement('scan', isKeyed),
  validation: storeStatement('validation', isKeyed),
  mitigation: storeStatement('mitigation', isKeyed),
});
const plain = statements(false);
const keyed = statements(true);

/**
 * Stores a phase's result as a new execution; makes the repository on its first use. The same store under the same
 * idempotency key is stored once.
 *
 * @throws what {@link requireAccess} throws, IdempotencyKeyReusedError, StoreInFlightError; nothing was stored then
 */
export async function store(database: Database, principal: Principal, input: StoreInput): Promise<StoreResult> {
  const request = { principal, scope: 'phases:write', repository: input } as const;
  const statement = (input.idempotencyKey === null ? plain : keyed)[input.phase];
  const values = {
    ...accessValues(request),
    ...idempotencyValues(input),
    ...executionValues(input),
    ...eventValues(principal, input),
  };
  const running = statement.run(database, values);
  const [stored] = await (input.idempotencyKey === null ? running : running.catch(rethrowInFlight));

  const row = await requireAccess(database.kysely, request, stored);
  const isReplay = row.id === null;
  const executionId = row.id ?? (await findStoredExecution(database.kysely, row.customer_id, input));
  return {
    success: true,
    id: executionId,
    phase: input.phase,
    isReplay,
    madeRepository: row.made_repository,
    bytes: Buffer.byteLength(values.data),
  };
}

function executionValues(input: StoreInput) {
  const { commitSha, status, startedAt, completedAt, errorMessage, data } = input;
  return {
    executionId: uuidv7(),
    repositoryId: uuidv7(),
    commitSha,
    status,
    data: JSON.stringify(data),
    startedAt,
    completedAt,
    errorMessage,
    issueNumber: input.phase === 'scan' ? null : input.issueNumber,
    branch: input.phase === 'scan' ? input.branch : null,
    ...derivedColumns(input),
  };
}

function derivedColumns({ phase, data }: StoreInput) {
  switch (phase) {
    case 'scan':
      return deriveScanColumns(data);
    case 'validation':
      return deriveValidationColumns(data);
    case 'mitigation':
      return deriveMitigationColumns(data);
  }
}

/** What the event of a store tells; the statement adds who it was. */
function eventValues(principal: Principal, input: StoreInput) {
  const facts = { action: 'phase.store', outcome: 'allowed', customerId: null, target: input } as const;
  const row = eventRow(principal.actorInStatement(), facts);
  return {
    eventId: row.id,
    occurredAt: row.occurred_at,
    actor: row.actor,
    auditNamespace: row.namespace,
    auditRepository: row.repository,
    requestId: row.request_id,
    address: row.address,
  } satisfies Partial<StoreValues>;
}
