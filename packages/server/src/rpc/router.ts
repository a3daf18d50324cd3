import type { AnyTRPCProcedure } from '@trpc/server';
import { whoamiInput, whoamiOutput } from '@rsolv/shared/contract/whoami';
import { whoami } from '../accounts/whoami.ts';
import { auditRouter } from './audit.ts';
import { authRouter } from './auth.ts';
import { executionsRouter } from './executions.ts';
import { phasesRouter } from './phases.ts';
import { forgeAccountsRouter } from './forge-accounts.ts';
import { keysRouter } from './keys.ts';
import { listing, procedure, router } from './procedure.ts';
import { repositoriesRouter } from './repositories.ts';

export const appRouter = router({
  auth: authRouter,
  phases: phasesRouter,
  repositories: repositoriesRouter,
  executions: executionsRouter,
  keys: keysRouter,
  forgeAccounts: forgeAccountsRouter,
  audit: auditRouter,
  whoami: procedure('whoami')
    .input(whoamiInput)
    .use(listing)
    .output(whoamiOutput)
    .query(({ ctx }) => whoami(ctx.platform.database, ctx.principal)),
});

/** The type of the router, from which typed clients are made. */
export type AppRouter = typeof appRouter;

type PathsIn<Procedures> = {
  [Name in keyof Procedures & string]: Procedures[Name] extends AnyTRPCProcedure
    ? Name
    : `${Name}.${PathsIn<Procedures[Name]>}`;
}[keyof Procedures & string];

/** The path of a procedure: `phases.store`. */
export type ProcedurePath = PathsIn<AppRouter['_def']['record']>;
