import { whoamiOutput } from '@rsolv/shared/contract/whoami';
import { whoami } from '../accounts/whoami.ts';
import { auditRouter } from './audit.ts';
import { authRouter } from './auth.ts';
import { phasesRouter } from './phases.ts';
import { forgeAccountsRouter } from './forge-accounts.ts';
import { keysRouter } from './keys.ts';
import { listing, procedure, router } from './procedure.ts';

export const appRouter = router({
  auth: authRouter,
  phases: phasesRouter,
  keys: keysRouter,
  forgeAccounts: forgeAccountsRouter,
  audit: auditRouter,
  whoami: procedure('whoami')
    .use(listing)
    .output(whoamiOutput)
    .query(({ ctx }) => whoami(ctx.platform.database, ctx.caller)),
});

/** Those that ask for no API key, so that their input is read without one. */
export const openProcedures: ReadonlySet<string> = new Set(['auth.token', 'forgeAccounts.verify']);

/** Everything that can be called, as a type: what a typed client is made from. */
export type AppRouter = typeof appRouter;
