import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';

/**
 * Forgets keys that workflows got and that have ended a month ago, with what is known of those workflows' runs. Keys that
 * something was stored by stay, as its origin.
 */
export async function forgetWorkflowKeys(kysely: Kysely<Tables>): Promise<void> {
  const wroteNothing = sql.join(
    ['scan_executions', 'validation_executions', 'mitigation_executions'].map(
      (table) => sql`not exists (select from ${sql.table(table)} where api_key_id = api_keys.id)`,
    ),
    sql` and `,
  );
  await sql`
    delete from api_keys
    where issued_to is not null and expires_at < now() - interval '30 days' and ${wroteNothing}`.execute(kysely);
}
