// A verified group on GitLab covers its subgroups, so no other customer can verify a group that contains it or a subgroup.
import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { ConflictError } from '@rsolv/shared/errors/platform-error';
import { accessValues, selectAccess } from '../../src/access/forge-access.ts';
import { valueOf } from '../../src/database/statement.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { removeForgeAccount } from '../../src/accounts/remove-forge-account.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { by, principalWith, keyRing } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';

const database = await openTestDatabase();
afterAll(() => database.close());

let customers = 0;

/** Creates a customer with unverified forge accounts for these namespaces. */
async function customerWith(forge: ForgeType, ...namespaces: string[]) {
  const em = database.fork();
  const customer = await createCustomer(em, `customer ${customers++}`, by);
  for (const namespace of namespaces) await addForgeAccount(em, { customer, forge, namespace }, by);
  return {
    verify: (namespace: string, tx = database.fork()) => verifyForgeAccount(tx, { customer, forge, namespace }, by),
    remove: (namespace: string) => removeForgeAccount(database.fork(), { customer, forge, namespace }, by),
  };
}

const setUp = (customerName: string, namespace: string) =>
  setUpCustomer(database.fork(), keyRing, { by, customerName, forge: 'gitlab', namespace });

describe('a namespace', () => {
  it.each([
    ['below', 'over', 'OVER/sub', 'namespace "OVER", which covers all its subgroups'],
    ['far below', 'far', 'far/a/b/c', 'namespace "far", which covers all its subgroups'],
    ['above', 'under/sub', 'Under', 'a subgroup of the gitlab namespace "Under"'],
    ['far above', 'deep/a/b/c', 'deep', 'a subgroup of the gitlab namespace "deep"'],
    ['above in letters that sort after the slash', 'z/zz', 'z', 'a subgroup of'],
    ['in the same place as', 'same/sub', 'same/SUB', 'namespace "same/SUB", and a namespace belongs to one customer'],
  ])(
    "%s another customer's verified namespace is refused until that one is removed",
    async (_name, verified, requested, message) => {
      const [first, second] = [await customerWith('gitlab', verified), await customerWith('gitlab', requested)];
      await first.verify(verified);
      const attempt = second.verify(requested);
      await expect(attempt).rejects.toBeInstanceOf(ConflictError);
      await expect(attempt).rejects.toThrow(message);
      await first.remove(verified);
      expect(await second.verify(requested)).toMatchObject({ namespace: requested, verifiedAt: expect.any(Date) });
    },
  );

  it('is refused without naming the subgroup of the other customer', async () => {
    const [first, second] = [await customerWith('gitlab', 'open/secret'), await customerWith('gitlab', 'open')];
    await first.verify('open/secret');
    await expect(second.verify('open')).rejects.not.toThrow('secret');
  });

  it('beside another one can be verified by any customer', async () => {
    const names = [
      'side/sub',
      'side/sub2',
      'side/su',
      'side/sub-a',
      'side/sub.a',
      'side/sub_a',
      'side/sub0',
      'sid',
      'side2',
    ];
    for (const namespace of names)
      expect(await (await customerWith('gitlab', namespace)).verify(namespace)).toMatchObject({ namespace });
  });

  it('that contains or is a subgroup of one of the same customer can be verified', async () => {
    const customer = await customerWith('gitlab', 'own', 'own/sub', 'own/sub/sub');
    for (const namespace of ['own/sub', 'own', 'own/sub/sub'])
      expect(await customer.verify(namespace)).toMatchObject({ namespace });
  });

  it('with the same name on another forge is independent', async () => {
    await (await customerWith('github', 'both')).verify('both');
    await (await customerWith('gitlab', 'both/sub')).verify('both/sub');
    await expect((await customerWith('gitlab', 'both')).verify('both')).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('a group and its subgroup that two customers verify concurrently', () => {
  it.each(['forge verify', 'setup'])('are verified for one of them, with %s', async (how) => {
    const races = Array.from({ length: 8 }, async (_, race) => {
      const names = [`race-${how.length}-${race}`, `race-${how.length}-${race}/sub/sub`];
      const attempts = await Promise.all(
        names.map(async (name) => {
          if (how === 'setup') return () => setUp(`racer ${name}`, name);
          const customer = await customerWith('gitlab', name);
          return () => customer.verify(name);
        }),
      );
      return Promise.allSettled(attempts.map((attempt) => attempt()));
    });
    for (const outcomes of await Promise.all(races)) {
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(refused?.reason).toBeInstanceOf(ConflictError);
    }
  });

  // PGlite has one connection, so two verifications never run concurrently.
  it.skipIf(inject('database') === 'pglite')('are verified one after the other', async () => {
    const [first, second] = [await customerWith('gitlab', 'wait/sub'), await customerWith('gitlab', 'wait')];
    const waiting = async () => {
      const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(
        database.kysely,
      );
      return rows.length > 0 || undefined;
    };
    let attempt: Promise<unknown> | undefined;
    await database.fork().transactional(async (tx) => {
      await first.verify('wait/sub', tx);
      attempt = second.verify('wait').catch((thrown: unknown) => thrown);
      await until('the second one to wait', waiting);
    });
    expect(await attempt).toBeInstanceOf(ConflictError);
  });
});

it('looks up access with the index on customer, forge and namespace', async () => {
  const repository = { forge: 'gitlab', namespace: 'a/b/c', name: 'p' } as const;
  const request = { principal: principalWith('any key'), scope: 'phases:read', repository } as const;
  const query = selectAccess(database.kysely, valueOf(accessValues(request))).compile();
  const plan = await database.kysely.connection().execute(async (connection) => {
    await sql`set enable_seqscan = off`.execute(connection);
    await sql`set enable_bitmapscan = off`.execute(connection);
    const { rows } = await connection.executeQuery<Record<string, string>>({ ...query, sql: `explain ${query.sql}` });
    await sql`reset enable_seqscan`.execute(connection);
    await sql`reset enable_bitmapscan`.execute(connection);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(/Index Scan using forge_accounts_customer_namespace_unique .*\n *Index Cond: .*lower.* = ANY/);
});
