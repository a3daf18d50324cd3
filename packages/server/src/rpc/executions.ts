import {
  listExecutionsInput,
  listExecutionsOutput,
  showExecutionInput,
  showExecutionOutput,
} from '@rsolv/shared/contract/execution';
import { listRepositoriesInput, listRepositoriesOutput } from '@rsolv/shared/contract/repository';
import { findExecution } from '../phases/find-execution.ts';
import { listExecutions } from '../phases/list-executions.ts';
import { listRepositories } from '../phases/list-repositories.ts';
import { readExecutionData } from '../phases/read-execution-data.ts';
import { listing, reporting, router } from './procedure.ts';

/** The repositories that executions were stored for. */
export const repositoriesRouter = router({
  list: reporting('repository.list')
    .use(listing)
    .input(listRepositoriesInput)
    .output(listRepositoriesOutput)
    .query(({ ctx: { platform, rights }, input }) =>
      listRepositories(platform.database.kysely, { ...input, customerId: rights.customerId }, rights),
    ),
});

/** The executions of all phases. */
export const executionsRouter = router({
  list: reporting('execution.list')
    .use(listing)
    .input(listExecutionsInput)
    .output(listExecutionsOutput)
    .query(({ ctx: { platform, rights }, input }) =>
      listExecutions(
        platform.database.kysely,
        { ...input, customerId: rights.customerId },
        { rights, staleAfterMs: platform.staleAfterMs },
      ),
    ),

  show: reporting('execution.show')
    .input(showExecutionInput)
    .output(showExecutionOutput)
    .query(async ({ ctx, input: { id, include } }) => {
      const { platform, rights } = ctx;
      ctx.audit.setTarget({ id });
      const view = { rights, staleAfterMs: platform.staleAfterMs };
      const execution = await findExecution(platform.database.kysely, id, view);
      if (include === undefined) return execution;
      return { ...execution, data: await readExecutionData(platform.database, ctx, execution) };
    }),
});
