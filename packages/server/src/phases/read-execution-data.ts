import type { ExecutionOutput } from '@rsolv/shared/contract/execution';
import { ExecutionNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { JsonObject } from '@rsolv/shared/json/json';
import type { Carrier } from '@rsolv/shared/json/read-json-text';
import { sql, type Kysely } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import type { Database, Tables } from '../database/open-database.ts';
import { smallResponseBytes } from '../limits/response-budget.ts';
import { fromDataColumns, type StoredData } from './data-columns.ts';
import type { Reader } from './retrieve.ts';

/**
 * Reads the data of an execution that the caller may read, within the budget for responses.
 *
 * @throws ScopeMissingError where the key lacks phases:read; ServerBusyError; UnrepresentableDataError; ExecutionNotFoundError
 *   where it was deleted meanwhile
 */
export async function readExecutionData(
  { kysely }: Database,
  { principal, reservation, carriesAnyJson }: Reader,
  execution: ExecutionOutput,
): Promise<JsonObject> {
  const { customerId } = await authenticate(kysely, principal, 'phases:read');
  const { rows } = await sql<{ bytes: number }>`select coalesce(data_bytes, octet_length(data::text)) as bytes
    from ${tableOf(execution)} where id = ${execution.id}`.execute(kysely);
  for (const { bytes } of rows) if (bytes > smallResponseBytes) await reservation.reserve(customerId, bytes);
  return selectData(kysely, execution, { carriesAnyJson, path: ['data'] });
}

/** Reads the data of an execution. @throws ExecutionNotFoundError, UnrepresentableDataError */
export async function selectData(kysely: Kysely<Tables>, execution: Place, carrier: Carrier): Promise<JsonObject> {
  const { rows } = await sql<{ data: StoredData }>`select coalesce(to_jsonb(data_text), data) as data
    from ${tableOf(execution)} where id = ${execution.id}`.execute(kysely);
  if (rows[0] === undefined) throw new ExecutionNotFoundError(execution.id);
  return fromDataColumns(rows[0].data, carrier);
}

type Place = Pick<ExecutionOutput, 'id' | 'phase'>;

const tableOf = ({ phase }: Place) => sql.table(`${phase}_executions`);
