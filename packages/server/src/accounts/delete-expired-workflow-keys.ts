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
    const { rows } = await sql<{ found: number; lastId: string | null; deleted: number }>`
      with expired as (
        select id from api_keys
        where issued_to is not null and expires_at < now() - interval '30 days' and id > ${lastId}::uuid
        order by id limit ${sql.lit(batchSize)}
      ), deleted as (
        delete from api_keys where id in (select id from expired) and ${hasStoredNothing} returning id
      )
      select (select count(*)::int from expired) as found, (select count(*)::int from deleted) as deleted,
        (select id from expired order by id desc limit 1) as "lastId"`.execute(kysely);
    const [batch] = rows;
    lastId = batch?.lastId ?? lastId;
    return { found: batch?.found ?? 0, deleted: batch?.deleted ?? 0 };
  }, options);
}
