// Every page of a list is found by an index, also deep in a large table: the plans that connections keep, as the planner
// makes them without knowing the values.
import { phases, type Phase } from '@rsolv/shared/contract/phase';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCustomers } from '../../src/accounts/list-customers.ts';
import { listForgeAccounts } from '../../src/accounts/list-forge-accounts.ts';
import { listKeys } from '../../src/accounts/list-keys.ts';
import { listAuditEvents } from '../../src/audit/list-audit-events.ts';
import { readExecutions } from '../../src/phases/list-executions.ts';
import type { Tables } from '../../src/database/open-database.ts';
import { explainQuery, readingsOf, type PlanNode } from '@rsolv/test-harness/query-plan';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
afterAll(() => database.close());

const customerId = '01890000-0000-7000-8000-000000000000';

beforeAll(async () => {
  const rows = (count: number) => sql`generate_series(1, ${sql.lit(count)}) as n`;
  for (const statement of [
    sql`insert into customers (id, name) values (${customerId}, 'one of many')`,
    sql`insert into customers (id, name) select gen_random_uuid(), 'c' || n from ${rows(5000)}`,
    // A customer with few keys of its own among many that its workflows got.
    sql`insert into api_keys (id, customer_id, name, last_four, key_hash, issued_to)
      select gen_random_uuid(), ${customerId}, 'k', '', sha256(n::text::bytea), case when n > 300 then '{}'::jsonb end
      from ${rows(20_000)}`,
    sql`insert into api_keys (id, customer_id, name, last_four, key_hash)
      select gen_random_uuid(), id, 'k', '', sha256(name::bytea) from customers`,
    sql`insert into forge_accounts (id, customer_id, forge_type, namespace)
      select gen_random_uuid(), ${customerId}, 'github', 'n' || n from ${rows(1000)}`,
    sql`insert into forge_accounts (id, customer_id, forge_type, namespace)
      select gen_random_uuid(), c.id, 'github', 'm' || n || c.name from customers c, ${rows(4)}`,
    sql`insert into audit_events (id, occurred_at, actor, customer_id, action, outcome)
      select gen_random_uuid(), now(), 'operator', c.id, 'key.list', case when n = 1 then 'refused' else 'allowed' end
      from customers c, ${rows(5)}`,
    // A customer with far more events than others.
    sql`insert into audit_events (id, occurred_at, actor, customer_id, action, outcome)
      select gen_random_uuid(), now(), 'api_key', ${customerId}, 'whoami', 'allowed' from ${rows(5000)}`,
    sql`insert into forge_accounts (id, customer_id, forge_type, namespace, verified_at)
      values (gen_random_uuid(), ${customerId}, 'github', 'own', now())`,
    sql`insert into repositories (id, customer_id, forge_type, namespace, name)
      select case when n = 1 then ${customerId}::uuid else gen_random_uuid() end, ${customerId}, 'github', 'own', 'r' || n
      from ${rows(1000)}`,
    ...phases.map(
      (phase) => sql`insert into ${sql.table(`${phase}_executions`)} (${executionColumns(phase)})
        select gen_random_uuid(), ${customerId}::uuid, id, 'abc', 'completed', '{}'::jsonb, now(), now() ${phase === 'scan' ? sql`` : sql`, 1`}
        from repositories, ${rows(10)}
        union all
        select gen_random_uuid(), ${customerId}::uuid, ${customerId}::uuid, 'abc', 'completed', '{}'::jsonb, now(), now() ${phase === 'scan' ? sql`` : sql`, 1`}
        from ${rows(5000)}`,
    ),
    sql`analyze`,
  ]) {
    await statement.execute(database.kysely);
  }
});

function executionColumns(phase: Phase) {
  const common = sql`id, customer_id, repository_id, commit_sha, status, data, started_at, completed_at`;
  return phase === 'scan' ? common : sql`${common}, issue_number`;
}

/** A list's first page, and the one after it. */
type List = (kysely: Kysely<Tables>, cursor?: string | null) => Promise<{ readonly nextCursor: string | null }>;

/** The plans of both pages. */
async function plansOf(list: List): Promise<PlanNode[][]> {
  const { nextCursor } = await list(database.kysely);
  expect(nextCursor).not.toBeNull();
  return [
    await explainQuery(database.kysely, (kysely) => list(kysely)),
    await explainQuery(database.kysely, (kysely) => list(kysely, nextCursor)),
  ];
}

const limit = 100;

describe.each<[string, string, List]>([
  ['customers', 'customers_list_index', (kysely, cursor) => listCustomers(kysely, { limit, cursor })],
  [
    'keys of a customer',
    'api_keys_customer_list_index',
    (kysely, cursor) => listKeys(kysely, { limit, cursor, customerId }),
  ],
  ['keys of all customers', 'api_keys_pkey', (kysely, cursor) => listKeys(kysely, { limit, cursor, customerId: null })],
  [
    'forge accounts of all customers',
    'forge_accounts_list_index',
    (kysely, cursor) => listForgeAccounts(kysely, { limit, cursor, customerId: null }),
  ],
  [
    'events of a customer',
    'audit_events_customer_index',
    (kysely, cursor) => listAuditEvents(kysely, { limit, cursor, customerId }),
  ],
  ['all events', 'audit_events_pkey', (kysely, cursor) => listAuditEvents(kysely, { limit, cursor, customerId: null })],
])('%s', (_name, index, list) => {
  it(`are read from ${index}, without a sort`, async () => {
    for (const plan of await plansOf(list)) {
      expect(readingsOf(plan)).toEqual(new Set([index]));
      expect(plan.filter((node) => node['Node Type'].includes('Sort'))).toEqual([]);
    }
  });
});

it('forge accounts of a customer are found by an index; there are at most 1,000 to sort', async () => {
  for (const plan of await plansOf((kysely, cursor) => listForgeAccounts(kysely, { limit, cursor, customerId }))) {
    const [reading = ''] = readingsOf(plan);
    expect(['forge_accounts_customer_namespace_unique', 'forge_accounts_list_index']).toContain(reading);
  }
});

describe('executions of all phases are read in order from an index of each table', () => {
  const view = { rights: { customerId, restriction: null }, staleAfterMs: 1 };

  it.each([
    ['customer', undefined],
    ['repository', customerId],
  ])('of a %s', async (what, repositoryId) => {
    const request = { limit: 10, customerId, phase: undefined, repository: undefined };
    const { nextCursor } = await readExecutions(database.kysely, request, { ...view, repositoryId });
    expect(nextCursor).not.toBeNull();
    for (const cursor of [undefined, nextCursor]) {
      const plan = await explainQuery(database.kysely, (kysely) =>
        readExecutions(kysely, { ...request, cursor }, { ...view, repositoryId }),
      );
      const read = [...readingsOf(plan)].filter((name) => name.includes('executions'));
      expect(read.toSorted()).toEqual(phases.map((phase) => `${phase}_executions_${what}_list_index`).toSorted());
      expect(plan.map((node) => node['Node Type'])).toContain('Merge Append');
    }
  });
});
