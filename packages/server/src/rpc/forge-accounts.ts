import {
  forgeAccountWithVerification,
  forgeAccount,
  forgeAccountRef,
  listForgeAccountsInput,
  listForgeAccountsOutput,
} from '@rsolv/shared/contract/forge-account';
import { verifyNamespaceInput } from '@rsolv/shared/contract/token-exchange';
import { describeForgeAccount } from '../accounts/describe-forge-account.ts';
import { listForgeAccounts } from '../accounts/list-forge-accounts.ts';
import { mutateOnce } from '../accounts/mutate-once.ts';
import { removeForgeAccount } from '../accounts/remove-forge-account.ts';
import { requestVerification } from '../accounts/request-verification.ts';
import { verifyIdToken } from '../workflows/verify-id-token.ts';
import { audienceOf, verifyNamespace } from '../workflows/verify-namespace.ts';
import { listing, managing, procedure, router } from './procedure.ts';

/** The administration of a customer's forge accounts. */
export const forgeAccountsRouter = router({
  list: managing('forge_account.list')
    .use(listing)
    .input(listForgeAccountsInput)
    .output(listForgeAccountsOutput)
    .query(async ({ ctx: { platform, customer }, input }) => {
      const request = { ...input, customerId: customer.id };
      const { forgeAccounts, nextCursor } = await listForgeAccounts(platform.database.kysely, request);
      return { forgeAccounts: forgeAccounts.map(describeForgeAccount), nextCursor };
    }),

  add: managing('forge_account.add')
    .input(forgeAccountRef)
    .output(forgeAccountWithVerification)
    .mutation(async ({ ctx: { em, customer, by, audit, platform }, input }) => {
      audit.setTarget(input);
      const { account, nonce, expiresAt } = await requestVerification(em, { customer, ...input }, by);
      const verification = { nonce, audience: audienceOf(platform.publicUrls[0], nonce), expiresAt };
      return { ...describeForgeAccount(account), verification };
    }),

  verify: procedure('forge_account.verify')
    .input(verifyNamespaceInput)
    .output(forgeAccount)
    .mutation(async ({ ctx: { platform, principal, audit, idempotencyKey }, input: { subjectToken } }) => {
      const { database, publicUrls, issuers } = platform;
      const token = await verifyIdToken(issuers, subjectToken);
      audit.setTarget(token.repository);
      const call = { publicUrls, from: principal.origin, idempotencyKey };
      return describeForgeAccount(await verifyNamespace(database.fork(), token, call));
    }),

  remove: managing('forge_account.remove')
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(async ({ ctx: { em, customer, by, audit, idempotencyKey, setHeader }, input }) => {
      audit.setTarget(input);
      const identity = ['forge_account.remove', input.forge, input.namespace.toLowerCase()];
      return mutateOnce(em, { customerId: customer.id, idempotencyKey, identity }, async (tx, removedId) => {
        if (removedId === null) return describeForgeAccount(await removeForgeAccount(tx, { customer, ...input }, by));
        setHeader('Idempotency-Replayed', 'true');
        return { id: removedId, ...input, verified: false, verifiedAt: null, verifiedBy: null };
      });
    }),
});
