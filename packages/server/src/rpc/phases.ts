import { retrieveInput, retrieveOutput } from '@rsolv/shared/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/store';
import { retrieve } from '../phases/retrieve.ts';
import { store } from '../phases/store.ts';
import { procedure, router } from './procedure.ts';

export const phasesRouter = router({
  store: procedure
    .input(storeInput)
    .output(storeOutput)
    .mutation(({ ctx, input }) => store(ctx.database.kysely, ctx.presentedKey, input)),

  retrieve: procedure
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(({ ctx, input }) => retrieve(ctx.database.kysely, ctx.presentedKey, input)),
});
