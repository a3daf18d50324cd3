import { forgeAccount, forgeAccountRef } from '@rsolv/shared/forge-account';
import { z } from 'zod';
import { addForgeAccount } from '../forges/add-forge-account.ts';
import { describeForgeAccount } from '../forges/describe-forge-account.ts';
import { listForgeAccounts } from '../forges/list-forge-accounts.ts';
import { removeForgeAccount } from '../forges/remove-forge-account.ts';
import { managing, router } from './procedure.ts';

/** A customer's own claims to namespaces. */
export const forgeAccountsRouter = router({
  list: managing.output(z.array(forgeAccount)).query(async ({ ctx: { em, customer } }) => {
    const accounts = await listForgeAccounts(em, customer.id);
    return accounts.map(describeForgeAccount);
  }),

  add: managing
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(async ({ ctx: { em, customer }, input }) =>
      describeForgeAccount(await addForgeAccount(em, { customer, ...input })),
    ),

  remove: managing
    .input(forgeAccountRef)
    .output(forgeAccount)
    .mutation(async ({ ctx: { em, customer }, input }) =>
      describeForgeAccount(await removeForgeAccount(em, { customer, ...input })),
    ),
});
