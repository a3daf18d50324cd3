// Compares customers, keys, namespaces, stores and retrieves in any order with a model of a few lines.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commits, customers, Model, names, namespaces, phases, type Key } from '@rsolv/test-harness/model';
import {
  ChangeForgeAccount,
  CreateKey,
  Retrieve,
  RevokeKey,
  Store,
  type Real,
} from '@rsolv/test-harness/model-commands';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { rounds } from '@rsolv/test-harness/tier';

const platform = await testPlatform();

const where = fc.record({
  key: fc.nat(20),
  namespace: fc.constantFrom(...namespaces),
  name: fc.constantFrom(...names),
  commit: fc.constantFrom(...commits),
  isUpperCase: fc.boolean(),
});
const issue = fc.integer({ min: 1, max: 2 });
const customer = fc.constantFrom(...customers);
const namespace = fc.constantFrom(...namespaces);
const scopes = fc.constantFrom<Key['scopes']>(['phases:read', 'phases:write'], ['phases:read'], ['phases:write']);
const only = fc.option(fc.constantFrom('a/x', 'b/y'), { nil: undefined, freq: 3 });
const what = fc.record({ phase: fc.constantFrom(...phases), issue, value: fc.nat(9) });

const commands = fc.commands<Model, Real, false>(
  [
    fc.tuple(where, what, fc.option(fc.constantFrom('k1', 'k2'))).map((parts) => new Store(...parts)),
    fc.tuple(where, what, fc.constant(null)).map((parts) => new Store(...parts)),
    fc.tuple(where, fc.option(issue)).map((parts) => new Retrieve(...parts)),
    fc.tuple(where, fc.option(issue)).map((parts) => new Retrieve(...parts)),
    fc.record({ customer, scopes, only }).map((key) => new CreateKey(key)),
    fc.nat(20).map((key) => new RevokeKey(key)),
    fc
      .tuple(fc.constantFrom('add', 'verify', 'verify', 'remove'), customer, namespace)
      .map((parts) => new ChangeForgeAccount(...parts)),
  ],
  { maxCommands: 40 },
);

let sequences = 0;

/** Starts each sequence with an API key for each customer and a verified namespace for the first two. */
async function begin(): Promise<{ model: Model; real: Real }> {
  const prefix = `m${process.pid}-${sequences++}`;
  const model = new Model();
  const made = [];
  for (const index of customers) {
    const verified = namespaces.find((_, number) => number === index);
    const options = verified === undefined ? { account: 'none' as const } : { namespace: `${prefix}-${verified}` };
    made.push(await makeCustomer(platform, options));
    model.keys.push({ customer: index, scopes: ['phases:read', 'phases:write'], only: undefined, isRevoked: false });
    if (verified === undefined) continue;
    model.forgeAccounts.add(`${index} ${verified}`);
    model.verifiedCustomers.set(verified, index);
  }
  const keys = made.map(({ apiKeyId, apiKey }) => ({ id: apiKeyId, apiKey }));
  return { model, real: { platform, prefix, customerIds: made.map(({ id }) => id), keys } };
}

it('shows every customer exactly what the model says', async () => {
  const sequences = fc.assert(
    fc.asyncProperty(commands, (all) => fc.asyncModelRun(begin, all)),
    { numRuns: rounds({ quick: 15, release: 100, faults: 10_000 }) },
  );
  await expect(sequences).resolves.toBeUndefined();
});
