import type { InferEntity } from '@mikro-orm/core';
import {
  apiKey,
  createKeyInput,
  keyRef,
  listKeysInput,
  listKeysOutput,
  newApiKey,
  rotateKeyInput,
} from '@rsolv/shared/contract/api-key';
import type { Customer } from '../entities/customer.ts';
import type { EntityManager } from '../database/open-database.ts';
import { createKey } from '../accounts/create-key.ts';
import { describeKey } from '../accounts/describe-key.ts';
import { listKeys } from '../accounts/list-keys.ts';
import { mutateOnce } from '../accounts/mutate-once.ts';
import { revokeKey, revokeLostKey } from '../accounts/revoke-key.ts';
import { rotateKey } from '../accounts/rotate-key.ts';
import { rememberNewKey } from './call-limits.ts';
import type { Context } from './context.ts';
import { listing, managing, router } from './procedure.ts';

/** The administration of a customer's API keys. */
export const keysRouter = router({
  list: managing('key.list')
    .use(listing)
    .input(listKeysInput)
    .output(listKeysOutput)
    .query(async ({ ctx: { platform, customer }, input }) => {
      const request = { ...input, customerId: customer.id };
      const { keys, nextCursor } = await listKeys(platform.database.kysely, request);
      return { keys: keys.map(describeKey), nextCursor };
    }),

  create: managing('key.create')
    .input(createKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx, input }) => {
      const { customer, by, platform } = ctx;
      // The default expiry depends on the time of the call.
      const { expiresAt: _, ...identity } = input;
      return makeKey(ctx, ['key.create', identity], async (tx, lostKeyId) => {
        if (lostKeyId !== null) await revokeLostKey(tx, { apiKeyId: lostKeyId, customerId: customer.id }, by);
        return createKey(tx, platform.keyRing, { customer, by, ...input });
      });
    }),

  rotate: managing('key.rotate')
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx, input: { id, overlapHours } }) => {
      const { customer, by, platform, audit } = ctx;
      audit.setTarget({ id });
      const options = { apiKeyId: id, customerId: customer.id, by, overlapMs: overlapHours * 60 * 60_000 };
      return makeKey(ctx, ['key.rotate', id, overlapHours], (tx, lostKeyId) =>
        rotateKey(tx, platform.keyRing, { ...options, lostKeyId }),
      );
    }),

  revoke: managing('key.revoke')
    .input(keyRef)
    .output(apiKey)
    .mutation(async ({ ctx: { em, customer, by, audit }, input: { id } }) => {
      audit.setTarget({ id });
      return describeKey(await revokeKey(em, { apiKeyId: id, customerId: customer.id }, by));
    }),
});

interface ManagingContext extends Context {
  readonly em: EntityManager;
  readonly customer: InferEntity<typeof Customer>;
}

/** Makes a key once for each Idempotency-Key. Returns it with its secret. */
async function makeKey(
  ctx: ManagingContext,
  identity: readonly unknown[],
  make: (tx: EntityManager, lostKeyId: string | null) => ReturnType<typeof createKey>,
) {
  const { em, customer, idempotencyKey } = ctx;
  const call = { customerId: customer.id, idempotencyKey, identity };
  const { apiKey, secret } = await mutateOnce(em, call, async (tx, lostKeyId) => {
    const made = await make(tx, lostKeyId);
    return { id: made.apiKey.id, ...made };
  });
  rememberNewKey(ctx, secret, { apiKeyId: apiKey.id, customerId: customer.id });
  return { ...describeKey(apiKey), apiKey: secret };
}
