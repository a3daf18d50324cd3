import { deriveValidationColumns } from '@rsolv/shared/contract/derive-columns';
import { retrieveInput, retrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeInput, storeOutput, type StoreInput } from '@rsolv/shared/contract/store';
import { retrieve } from '../phases/retrieve.ts';
import { store } from '../phases/store.ts';
import { checkStorageQuota } from './call-limits.ts';
import { procedure, router } from './procedure.ts';

export const phasesRouter = router({
  store: procedure('phase.store')
    .input(storeInput)
    .output(storeOutput)
    .mutation(async ({ ctx, input }) => {
      ctx.audit.setTarget(input);
      ctx.timer.storeStarted(factsOf(input));
      checkStorageQuota(ctx);
      const { isReplay, madeRepository, bytes, ...stored } = await store(ctx.platform.database, ctx.principal, {
        ...input,
        idempotencyKey: input.idempotencyKey ?? ctx.idempotencyKey,
      });
      ctx.timer.storeSucceeded({ isReplay, madeRepository });
      if (isReplay) {
        ctx.setHeader('Idempotency-Replayed', 'true');
        ctx.audit.setAction('phase.replay', { ...input, id: stored.id });
      } else ctx.platform.rateLimits.countStoredBytes(ctx.principal.requireIdentity().customerId, bytes);
      return stored;
    }),

  retrieve: procedure('phase.retrieve')
    .input(retrieveInput)
    .output(retrieveOutput)
    .query(async ({ ctx, input }) => {
      ctx.audit.setTarget(input);
      const found = await retrieve(ctx.platform.database, ctx, input);
      ctx.timer.retrieveSucceeded(Object.keys(found));
      return found;
    }),
});

/** What the metrics count of a store. */
const factsOf = ({ phase, status, data }: StoreInput) => ({
  phase,
  status,
  validated: phase === 'validation' && status === 'completed' ? deriveValidationColumns(data).validated : undefined,
});
