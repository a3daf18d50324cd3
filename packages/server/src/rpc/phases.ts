import { retrieveInput, retrieveOutput } from '@rsolv/shared/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/store';
import { retrieve } from '../phases/retrieve.ts';
import { store } from '../phases/store.ts';
import { procedure, router } from './procedure.ts';

export const phasesRouter = router({
  store: procedure
    .input(storeInput)
    .output(storeOutput)
    .mutation(async ({ ctx, input }) => {
      const { isReplay, ...stored } = await store(ctx.platform.database.kysely, ctx.caller, {
        ...input,
        idempotencyKey: input.idempotencyKey ?? ctx.idempotencyKey,
      });
      if (isReplay) ctx.setHeader('Idempotency-Replayed', 'true');
      return stored;
    }),

  retrieve: procedure
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(({ ctx, input }) => retrieve(ctx.platform.database.kysely, ctx.caller, input)),
});
