import { retrieveInput, retrieveOutput } from '@rsolv/shared/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/store';
import { retrieve } from '../phases/retrieve.ts';
import { store } from '../phases/store.ts';
import { admitStore, settleStore } from './limit-calls.ts';
import { procedure, router } from './procedure.ts';

export const phasesRouter = router({
  store: procedure('phase.store')
    .input(storeInput)
    .output(storeOutput)
    .mutation(async ({ ctx, input }) => {
      ctx.act.isAbout(input);
      await admitStore(ctx);
      const { isReplay, bytes, ...stored } = await store(ctx.platform.database, ctx.caller, {
        ...input,
        idempotencyKey: input.idempotencyKey ?? ctx.idempotencyKey,
      });
      if (isReplay) {
        ctx.setHeader('Idempotency-Replayed', 'true');
        ctx.act.wasOnly('phase.replay', { ...input, id: stored.id });
      } else await settleStore(ctx, bytes);
      return stored;
    }),

  retrieve: procedure('phase.retrieve')
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(({ ctx, input }) => {
      ctx.act.isAbout(input);
      return retrieve(ctx.platform.database, ctx, input);
    }),
});
