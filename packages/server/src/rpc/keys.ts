import {
  apiKey,
  createKeyInput,
  keyRef,
  listKeysInput,
  listKeysOutput,
  newApiKey,
  rotateKeyInput,
} from '@rsolv/shared/contract/api-key';
import { createKey } from '../accounts/create-key.ts';
import { describeKey } from '../accounts/describe-key.ts';
import { listKeys } from '../accounts/list-keys.ts';
import { revokeKey } from '../accounts/revoke-key.ts';
import { rotateKey } from '../accounts/rotate-key.ts';
import { rememberNewKey } from './call-limits.ts';
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
      const { em, customer, by, platform } = ctx;
      const { apiKey, secret } = await createKey(em, platform.keyRing, { customer, by, ...input });
      rememberNewKey(ctx, secret, { apiKeyId: apiKey.id, customerId: customer.id });
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  rotate: managing('key.rotate')
    .input(rotateKeyInput)
    .output(newApiKey)
    .mutation(async ({ ctx, input: { id, overlapHours } }) => {
      const { em, customer, by, platform, audit } = ctx;
      audit.setTarget({ id });
      const options = { apiKeyId: id, customerId: customer.id, by, overlapMs: overlapHours * 60 * 60_000 };
      const { apiKey, secret } = await rotateKey(em, platform.keyRing, options);
      rememberNewKey(ctx, secret, { apiKeyId: apiKey.id, customerId: customer.id });
      return { ...describeKey(apiKey), apiKey: secret };
    }),

  revoke: managing('key.revoke')
    .input(keyRef)
    .output(apiKey)
    .mutation(async ({ ctx: { em, customer, by, audit }, input: { id } }) => {
      audit.setTarget({ id });
      return describeKey(await revokeKey(em, { apiKeyId: id, customerId: customer.id }, by));
    }),
});
