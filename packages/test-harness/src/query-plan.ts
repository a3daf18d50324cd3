// Reads the generic plans of the platform's statements, which PostgreSQL makes without knowing the values.
import { sql, type CompiledQuery, type Kysely, type KyselyPlugin } from 'kysely';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Tables } from '@rsolv/server/database/open-database';

/** A node of a plan. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  get Plans() {
    return z.array(planNode).optional();
  },
});

/** Returns all nodes of a statement's plan. */
export async function explainGeneric(
  kysely: Kysely<Tables>,
  { text, values }: { readonly text: string; readonly values: number },
): Promise<PlanNode[]> {
  const nothing = Array.from({ length: values }, () => 'null').join(', ');
  const execution = values === 0 ? sql`explained` : sql`explained(${sql.raw(nothing)})`;
  const { rows } = await kysely.connection().execute(async (connection) => {
    await sql`set plan_cache_mode = force_generic_plan`.execute(connection);
    await sql`prepare explained as ${sql.raw(text)}`.execute(connection);
    const plan = await sql`explain (format json) execute ${execution}`.execute(connection);
    await sql`deallocate explained`.execute(connection);
    return plan;
  });
  const [row] = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })]).parse(rows);
  const flatten = (each: PlanNode): PlanNode[] => [each, ...(each.Plans ?? []).flatMap(flatten)];
  return flatten(row['QUERY PLAN'][0].Plan);
}

/** Returns all nodes of the plan of an operation's first query. The operation itself is aborted. */
export async function explainQuery(
  kysely: Kysely<Tables>,
  operation: (kysely: Kysely<Tables>) => Promise<unknown>,
): Promise<PlanNode[]> {
  const caught: CompiledQuery[] = [];
  const catching: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      caught.push(kysely.getExecutor().compileQuery(node, queryId));
      throw new Error('caught');
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  await expect(operation(kysely.withPlugin(catching))).rejects.toThrow('caught');
  const [query] = z.tuple([z.custom<CompiledQuery>()]).parse(caught);
  return explainGeneric(kysely, { text: query.sql, values: query.parameters.length });
}

/** Returns how a plan reads each table: the name of an index, or `all of` and the name of the table. */
export const readingsOf = (plan: readonly PlanNode[]): ReadonlySet<string> =>
  new Set(
    plan
      .filter((each) => !['ModifyTable', 'Bitmap Heap Scan'].includes(each['Node Type']))
      .flatMap((each) => each['Index Name'] ?? (each['Relation Name'] ? [`all of ${each['Relation Name']}`] : [])),
  );
