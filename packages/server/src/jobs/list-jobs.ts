import { deleteExpiredWorkflowKeys } from '../accounts/delete-expired-workflow-keys.ts';
import type { Database } from '../database/open-database.ts';
import { deleteExpiredIdempotencyKeys } from '../phases/idempotency.ts';
import { deleteExpiredIdTokens } from '../workflows/redeem-id-token.ts';
import type { Job } from './job.ts';

/** Lists the background jobs of a server on this database. A new job is an entry here, and its name in job.ts. */
export function listJobs({ kysely, checkpoint }: Pick<Database, 'kysely' | 'checkpoint'>): readonly Job[] {
  const jobs: Job[] = [
    {
      name: 'delete-expired-idempotency-keys',
      cron: '7 * * * *',
      timeoutSeconds: 600,
      run: async (signal) => ({ deleted: await deleteExpiredIdempotencyKeys(kysely, { signal }) }),
    },
    {
      name: 'delete-expired-id-tokens',
      cron: '17 * * * *',
      timeoutSeconds: 600,
      run: async (signal) => ({ deleted: await deleteExpiredIdTokens(kysely, { signal }) }),
    },
    {
      name: 'delete-expired-workflow-keys',
      cron: '27 3 * * *',
      timeoutSeconds: 600,
      run: async (signal) => ({ deleted: await deleteExpiredWorkflowKeys(kysely, { signal }) }),
    },
  ];
  if (checkpoint !== undefined) {
    jobs.push({
      name: 'checkpoint-embedded-database',
      cron: '*/5 * * * *',
      timeoutSeconds: 60,
      run: async () => {
        await checkpoint();
        return {};
      },
    });
  }
  return jobs;
}
