// The real application keeps the contract.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { expect } from 'vitest';
import { revokeKey } from '../../../server/src/accounts/revoke-key.ts';
import { findCustomer } from '../../../server/src/accounts/find-customer.ts';
import { setCustomerActive } from '../../../server/src/accounts/set-customer-active.ts';
import { addForgeAccount } from '../../../server/src/accounts/add-forge-account.ts';
import { removeForgeAccount } from '../../../server/src/accounts/remove-forge-account.ts';
import { verifyForgeAccount } from '../../../server/src/accounts/verify-forge-account.ts';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, startTestPlatform, testBodyLimitBytes } from '@rsolv/test-harness/platform';
import type { TestCustomer } from '@rsolv/test-harness/platform';
import { describeContract } from '../contract/describe-contract.ts';
import type { ContractCustomer } from '../contract/platform-under-test.ts';
import { seenBy } from './seen-by.ts';

describeContract(async () => {
  const platform = await startTestPlatform();
  const customers = new Map<string, TestCustomer>();
  const of = ({ name }: ContractCustomer) => customers.get(name) ?? expect.fail(`no customer ${name}`);
  const refOf = async (customer: ContractCustomer, namespace: string, forge: ForgeType = 'github') => {
    const em = platform.database.fork();
    return { em, ref: { customer: await findCustomer(em, customer.name), forge, namespace } };
  };
  return {
    url: platform.url,
    fetch: (url, init) => fetch(url, init),
    bodyLimitBytes: testBodyLimitBytes,
    addCustomer: async (options) => {
      const customer = await makeCustomer(platform, options);
      customers.set(customer.name, customer);
      return customer;
    },
    addForgeAccount: async (...claim) => {
      const { em, ref } = await refOf(...claim);
      await addForgeAccount(em, ref, by);
    },
    verifyForgeAccount: async (...claim) => {
      const { em, ref } = await refOf(...claim);
      await verifyForgeAccount(em, ref, by);
    },
    revokeKey: async (customer) => void (await revokeKey(platform.database.fork(), of(customer), by)),
    setActive: async ({ name }, isActive) =>
      void (await setCustomerActive(platform.database.fork(), { nameOrId: name, active: isActive, by })),
    moveNamespace: async (from, to) => {
      const old = await refOf(from, from.namespace);
      await removeForgeAccount(old.em, old.ref, by);
      const { em, ref } = await refOf(to, from.namespace);
      await addForgeAccount(em, ref, by);
      await verifyForgeAccount(em, ref, by);
    },
    passADay: async () => {
      const later = "update idempotency_keys set created_at = created_at - interval '24 hours 1 second'";
      await platform.database.fork().execute(later);
    },
    settleKeyUses: async () => {
      await platform.database.fork().execute('update api_keys set last_used_at = now()');
    },
    seen: (customer) => seenBy(platform.database, of(customer).id),
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
});
