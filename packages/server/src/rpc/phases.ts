import { deriveValidationColumns } from '@rsolv/shared/contract/derive-columns';
import { retrieveInput, retrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeInput, storeOutput, type StoreInput } from '@rsolv/shared/contract/store';
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
      ctx.measure.stores(factsOf(input));
      admitStore(ctx);
      const { isReplay, madeRepository, bytes, ...stored } = await store(ctx.platform.database, ctx.caller, {
        ...input,
        idempotencyKey: input.idempotencyKey ?? ctx.idempotencyKey,
      });
      ctx.measure.stored({ isReplay, madeRepository });
      if (isReplay) {
        ctx.setHeader('Idempotency-Replayed', 'true');
        ctx.act.wasOnly('phase.replay', { ...input, id: stored.id });
      } else settleStore(ctx, bytes);
      return stored;
    }),

  retrieve: procedure('phase.retrieve')
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(async ({ ctx, input }) => {
      ctx.act.isAbout(input);
      const found = await retrieve(ctx.platform.database, ctx, input);
      ctx.measure.retrieved(Object.keys(found));
      return found;
    }),
});

/** What is counted of a store. */
const factsOf = ({ phase, status, data }: StoreInput) => ({
  phase,
  status,
  validated: phase === 'validation' && status === 'completed' ? deriveValidationColumns(data).validated : undefined,
});
