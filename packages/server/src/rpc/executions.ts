import {
  listExecutionsInput,
  listExecutionsOutput,
  showExecutionInput,
  showExecutionOutput,
} from '@rsolv/shared/contract/execution';
import { findExecution } from '../phases/find-execution.ts';
import { listExecutions } from '../phases/list-executions.ts';
import { readExecutionData } from '../phases/read-execution-data.ts';
import { listing, reporting, router } from './procedure.ts';

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
