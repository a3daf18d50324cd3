import { apiKey, createKeyInput, keyRef, newApiKey, rotateKeyInput } from '@rsolv/shared/api-key';
import { z } from 'zod';
import { createKey } from '../customers/create-key.ts';
import { describeKey } from '../customers/describe-key.ts';
import { listKeys } from '../customers/list-keys.ts';
import { revokeKey } from '../customers/revoke-key.ts';
import { rotateKey } from '../customers/rotate-key.ts';
import { managing, router } from './procedure.ts';

/** A customer's own API keys. */
export const keysRouter = router({
  list: managing.output(z.array(apiKey)).query(async ({ ctx: { em, customer } }) => {
    const keys = await listKeys(em, customer.id);
    return keys.map(describeKey);
  }),

  create: managing
    .input(createKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx: { em, customer, platform }, input }) => {
      const { apiKey, secret } = await createKey(em, platform.keyRing, { customer, ...input });
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  rotate: managing
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx: { em, customer, platform }, input: { id, overlapHours } }) => {
      const options = { apiKeyId: id, customerId: customer.id, overlapMs: overlapHours * 60 * 60_000 };
      const { apiKey, secret } = await rotateKey(em, platform.keyRing, options);
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  revoke: managing
    .input(keyRef)
    .output(apiKey)
    .mutation(async ({ ctx: { em, customer }, input: { id } }) =>
      describeKey(await revokeKey(em, { apiKeyId: id, customerId: customer.id })),
    ),
});
