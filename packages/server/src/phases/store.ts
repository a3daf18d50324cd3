import {
  deriveMitigationColumns,
  deriveScanColumns,
  deriveValidationColumns,
} from '@rsolv/shared/contract/derive-columns';
import type { StoreInput, StoreOutput } from '@rsolv/shared/contract/store';
import { ExecutionEndedError, OtherExecutionError } from '@rsolv/shared/errors/record-errors';
import { uuidv7 } from 'uuidv7';
import { eventRow } from '../audit/event-row.ts';
import { authenticate } from '../access/authenticate.ts';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { accessValues, requireAccess } from '../access/forge-access.ts';
import { idempotencyValues, findStoredExecution, rethrowInFlight } from './idempotency.ts';
import { findExecution } from './find-execution.ts';
import { toDataColumns } from './data-columns.ts';
import { storeStatement, type StoreValues } from './store-statement.ts';

/** The result of a store. */
interface StoreResult extends StoreOutput {
  /** Whether it was already stored with the same idempotency key. */
  readonly isReplay: boolean;
  /** Whether this store created the repository. */
  readonly madeRepository: boolean;
  /** The size of the data as JSON. */
  readonly bytes: number;
}

const statements = (options: Parameters<typeof storeStatement>[1]) => ({
  scan: storeStatement('scan', options),
  validation: storeStatement('validation', options),
  mitigation: storeStatement('mitigation', options),
});
const inserts = {
  withKey: statements({ hasKey: true, isUpdate: false }),
  withoutKey: statements({ hasKey: false, isUpdate: false }),
};
const updates = {
  withKey: statements({ hasKey: true, isUpdate: true }),
  withoutKey: statements({ hasKey: false, isUpdate: true }),
};

/**
 * Stores the result of a phase as a new execution, or updates the one that the input names, and creates the repository on its first use. With an idempotency key, the
 * same store is stored once.
 *
 * @throws what {@link requireAccess} throws, IdempotencyKeyReusedError, StoreInFlightError, ExecutionNotFoundError,
 *   ExecutionEndedError, OtherExecutionError; then nothing was stored
 */
export async function store(database: Database, principal: Principal, input: StoreInput): Promise<StoreResult> {
  const request = { principal, scope: 'phases:write', repository: input } as const;
  const ways = input.executionId === undefined ? inserts : updates;
  const statement = ways[input.idempotencyKey === null ? 'withoutKey' : 'withKey'][input.phase];
  const values = {
    ...accessValues(request),
    ...idempotencyValues(input),
    ...executionValues(input),
    ...eventValues(principal, input),
  };
  const running = statement.run(database, values);
  const [stored] = await (input.idempotencyKey === null ? running : running.catch(rethrowInFlight));

  const row = await requireAccess(database.kysely, request, stored);
  const executionId = row.id ?? (await findStoredExecution(database.kysely, row.customer_id, input));
  if (executionId === undefined) throw await explainUpdate(database, principal, input.executionId);
  return {
    success: true,
    id: executionId,
    phase: input.phase,
    isReplay: row.id === null,
    madeRepository: row.made_repository,
    bytes: Buffer.byteLength(values.dataText ?? values.data),
  };
}

/**
 * Why a store could update no execution.
 *
 * @throws ExecutionNotFoundError where the key may read none with that id
 */
async function explainUpdate({ kysely }: Database, principal: Principal, executionId = ''): Promise<Error> {
  const rights = await authenticate(kysely, principal);
  const { id, status } = await findExecution(kysely, executionId, { rights, staleAfterMs: Infinity });
  return status === 'completed' || status === 'failed'
    ? new ExecutionEndedError({ id, status })
    : new OtherExecutionError(id);
}

function executionValues(input: StoreInput) {
  const { commitSha, status, startedAt, completedAt, errorMessage } = input;
  return {
    executionId: input.executionId ?? uuidv7(),
    repositoryId: uuidv7(),
    commitSha,
    status,
    ...toDataColumns(input),
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

/** The values of the audit event. The statement adds the customer and the API key. */
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
