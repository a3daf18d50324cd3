import { sql, type Kysely } from 'kysely';
import { runBatches, type BatchOptions } from '../database/delete-in-batches.ts';
import type { Tables } from '../database/open-database.ts';

const executionTables = ['scan_executions', 'validation_executions', 'mitigation_executions'];

/** Sorts before every id. */
const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Deletes the API keys that were issued to workflows and expired more than 30 days ago, with the facts about those workflow
 * runs. Keys that have stored an execution stay, because they are its origin. Each statement goes on where the one before
 * ended, so that it does not look at those again.
 *
 * @returns how many keys were deleted
 */
export function deleteExpiredWorkflowKeys(kysely: Kysely<Tables>, options: BatchOptions = {}): Promise<number> {
  const hasStoredNothing = sql.join(
    executionTables.map((table) => sql`not exists (select from ${sql.table(table)} where api_key_id = api_keys.id)`),
    sql` and `,
  );
  let lastId = firstId;
  return runBatches(async (batchSize) => {
    const { rows } = await sql<{ id: string; isDeleted: boolean }>`
      with expired as (
        select id from api_keys
        where issued_to is not null and expires_at < now() - interval '30 days' and id > ${lastId}::uuid
        order by id limit ${sql.lit(batchSize)}
      ), deleted as (
        delete from api_keys where id in (select id from expired) and ${hasStoredNothing} returning id
      )
      select expired.id, deleted.id is not null as "isDeleted"
      from expired left join deleted using (id) order by expired.id`.execute(kysely);
    lastId = rows.at(-1)?.id ?? lastId;
    return { found: rows.length, deleted: rows.filter(({ isDeleted }) => isDeleted).length };
  }, options);
}
