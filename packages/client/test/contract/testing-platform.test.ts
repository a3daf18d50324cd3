// The platform in memory fulfils the contract.
import { expect } from 'vitest';
import { createTestingPlatform, type TestingCustomer } from '../../src/testing/index.ts';
import { describeContract } from './describe-contract.ts';
import type { ContractCustomer } from './platform-under-test.ts';

describeContract(async () => {
  let dayMs = 0;
  let customers = 0;
  const bodyLimitBytes = 64 * 1024;
  const platform = createTestingPlatform({ bodyLimitBytes, now: () => new Date(Date.now() + dayMs) });
  const controls = new Map<string, TestingCustomer>();
  const of = ({ name }: ContractCustomer) => controls.get(name) ?? expect.fail(`no customer ${name}`);
  return {
    url: platform.baseUrl,
    fetch: platform.fetch,
    bodyLimitBytes,
    addCustomer: async (options = {}) => {
      const { namespace = `owner-${customers++}`, account = 'verified', ...key } = options;
      const customer = platform.addCustomer({
        namespaces: account === 'verified' ? [namespace] : [],
        unverifiedNamespaces: account === 'unverified' ? [namespace] : [],
        ...key,
      });
      controls.set(customer.name, customer);
      return { name: customer.name, apiKey: customer.apiKey, namespace };
    },
    addForgeAccount: async (customer, namespace, forge = 'github') =>
      of(customer).addForgeAccount(`${forge}:${namespace}`),
    verifyForgeAccount: async (customer, namespace, forge = 'github') =>
      of(customer).verifyForgeAccount(`${forge}:${namespace}`),
    revokeKey: async (customer) => of(customer).revokeApiKey(),
    setActive: async (customer, isActive) => (isActive ? of(customer).activate() : of(customer).deactivate()),
    moveNamespace: async (from, to) => {
      of(from).removeForgeAccount(from.namespace);
      of(to).addForgeAccount(from.namespace);
      of(to).verifyForgeAccount(from.namespace);
    },
    settleKeyUses: async () => {},
    passADay: async () => void (dayMs += 24 * 3_600_000 + 1000),
    seen: async (customer) => platform.executions.filter(({ customerId }) => customerId === of(customer).id),
    [Symbol.asyncDispose]: async () => {},
  };
});
