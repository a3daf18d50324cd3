import type { Database } from '../../../server/src/database/open-database.ts';
import type { Seen } from '../contract/platform-under-test.ts';

const ownColumns = {
  scan: ['vulnerabilities_count'],
  validation: ['validated', 'vulnerabilities_found'],
  mitigation: ['pr_url', 'pr_number', 'files_changed'],
};

/** What a customer has stored, as the database has it, the oldest first. */
export async function seenBy(database: Database, customerId: string): Promise<Seen[]> {
  const selects = Object.entries(ownColumns).map(
    ([phase, columns]) => `
      select executions.id, jsonb_build_object(
        'phase', '${phase}', 'repo', full_path, 'commitSha', commit_sha, 'status', status, 'data', data,
        'startedAt', started_at, 'completedAt', completed_at, 'errorMessage', error_message,
        'derived', jsonb_build_object(${columns.map((column) => `'${column}', ${column}`).join(', ')})) as seen
      from ${phase}_executions executions join repositories on repositories.id = repository_id
      where executions.customer_id = ?`,
  );
  const rows = await database.fork().execute<{ seen: Seen }[]>(
    `${selects.join(' union all ')} order by id`,
    selects.map(() => customerId),
  );
  return rows.map(({ seen }) => {
    const [startedAt, completedAt] = [seen.startedAt, seen.completedAt].map((moment) => moment && new Date(moment));
    return Object.assign(seen, { startedAt, completedAt });
  });
}
