import { openDatabase } from '@rsolv/server/database/open-database';

const phases = ['scan', 'validation', 'mitigation'] as const;

/** How many executions of each phase a data folder holds, by repository. No server may be running on it. */
export async function countExecutions(dataDir: string): Promise<Record<string, Record<string, number>>> {
  const database = await openDatabase({ kind: 'embedded', dataDir });
  const counts: Record<string, Record<string, number>> = {};
  for (const phase of phases) {
    const rows = await database.kysely
      .selectFrom(`${phase}_executions`)
      .innerJoin('repositories', 'repositories.id', 'repository_id')
      .select(({ fn }) => ['repositories.name', fn.countAll().as('count')])
      .groupBy('repositories.name')
      .execute();
    for (const { name, count } of rows) counts[name] = { ...counts[name], [phase]: Number(count) };
  }
  await database.close();
  return counts;
}
