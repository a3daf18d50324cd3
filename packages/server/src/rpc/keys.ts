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
  list: managing('key.list')
    .output(z.array(apiKey))
    .query(async ({ ctx: { em, customer } }) => {
      const keys = await listKeys(em, customer.id);
      return keys.map(describeKey);
    }),

  create: managing('key.create')
    .input(createKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx: { em, customer, by, platform }, input }) => {
      const { apiKey, secret } = await createKey(em, platform.keyRing, { customer, by, ...input });
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  rotate: managing('key.rotate')
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx: { em, customer, by, platform, act }, input: { id, overlapHours } }) => {
      act.isAbout({ id });
      const options = { apiKeyId: id, customerId: customer.id, by, overlapMs: overlapHours * 60 * 60_000 };
      const { apiKey, secret } = await rotateKey(em, platform.keyRing, options);
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  revoke: managing('key.revoke')
    .input(keyRef)
    .output(apiKey)
    .mutation(async ({ ctx: { em, customer, by, act }, input: { id } }) => {
      act.isAbout({ id });
      return describeKey(await revokeKey(em, { apiKeyId: id, customerId: customer.id }, by));
    }),
});
