import type { ExecutionOutput } from '@rsolv/shared/contract/execution';
import { phases } from '@rsolv/shared/contract/phase';
import { ExecutionNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { isId } from '../entities/columns.ts';
import { selectExecutions, toExecution, type ExecutionView } from './select-executions.ts';

/**
 * Finds an execution of any phase, without its data.
 * @throws ExecutionNotFoundError
 */
export async function findExecution(
  kysely: Kysely<Tables>,
  id: string,
  { rights, staleAfterMs }: ExecutionView,
): Promise<ExecutionOutput> {
  if (!isId(id)) throw new ExecutionNotFoundError(id);
  let query = selectExecutions(kysely, phases, rights).where('executions.id', '=', id);
  if (rights !== undefined) query = query.where('executions.customer_id', '=', rights.customerId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw new ExecutionNotFoundError(id);
  return toExecution(row, staleAfterMs);
}
