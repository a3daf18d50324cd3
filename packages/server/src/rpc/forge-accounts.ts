import { forgeAccount, forgeAccountRef } from '@rsolv/shared/forge-account';
import { z } from 'zod';
import { addForgeAccount } from '../forges/add-forge-account.ts';
import { describeForgeAccount } from '../forges/describe-forge-account.ts';
import { listForgeAccounts } from '../forges/list-forge-accounts.ts';
import { removeForgeAccount } from '../forges/remove-forge-account.ts';
import { managing, router } from './procedure.ts';

/** A customer's own claims to namespaces. */
export const forgeAccountsRouter = router({
  list: managing('forge_account.list')
    .output(z.array(forgeAccount))
    .query(async ({ ctx: { em, customer } }) => {
      const accounts = await listForgeAccounts(em, customer.id);
      return accounts.map(describeForgeAccount);
    }),

  add: managing('forge_account.add')
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(async ({ ctx: { em, customer, by, act }, input }) => {
      act.isAbout(input);
      return describeForgeAccount(await addForgeAccount(em, { customer, ...input }, by));
    }),

  remove: managing('forge_account.remove')
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(async ({ ctx: { em, customer, by, act }, input }) => {
      act.isAbout(input);
      return describeForgeAccount(await removeForgeAccount(em, { customer, ...input }, by));
    }),
});
