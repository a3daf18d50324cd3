import { whoamiOutput } from '@rsolv/shared/whoami';
import { whoami } from '../forges/whoami.ts';
import { phasesRouter } from './phases.ts';
import { forgeAccountsRouter } from './forge-accounts.ts';
import { keysRouter } from './keys.ts';
import { procedure, router } from './procedure.ts';

export const appRouter = router({
  phases: phasesRouter,
  keys: keysRouter,
  forgeAccounts: forgeAccountsRouter,
  whoami: procedure.output(whoamiOutput).query(({ ctx }) => whoami(ctx.platform.database, ctx.caller)),
});

/** Everything that can be called, as a type: what a typed client is made from. */
export type AppRouter = typeof appRouter;
