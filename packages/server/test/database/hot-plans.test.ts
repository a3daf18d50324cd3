// The plans of a store and a retrieve, on tables that are large enough to matter: the generic plans that the
// platform's connections cache.
import { storeInput } from '@rsolv/shared/contract/store';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CompiledStatement } from '../../src/database/compiled-statement.ts';
import type { Database } from '../../src/database/open-database.ts';
import { retrieve } from '../../src/phases/retrieve.ts';
import { store } from '../../src/phases/store.ts';
import { principalWith, readerWith } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import { explainGeneric, readingsOf, type PlanNode } from '@rsolv/test-harness/query-plan';

const database = await openTestDatabase();
afterAll(() => database.close());

beforeAll(async () => {
  const rows = sql`generate_series(1, 2000) as n`;
  const executions = sql`gen_random_uuid(), c.id, r.id, 'abc', 'completed', '{}'::jsonb, now(), now()`;
  const from = sql`from customers c join repositories r on r.customer_id = c.id`;
  const columns = sql`id, customer_id, repository_id, commit_sha, status, data, started_at, completed_at`;
  for (const statement of [
    sql`insert into customers (id, name) select gen_random_uuid(), 'c' || n from ${rows}`,
    sql`insert into api_keys (id, customer_id, name, last_four, scopes, key_hash)
      select gen_random_uuid(), id, name, '', '{}', sha256(name::bytea) from customers`,
    sql`insert into forge_accounts (id, customer_id, forge_type, namespace, verified_at)
      select gen_random_uuid(), id, 'github', name, now() from customers`,
    sql`insert into repositories (id, customer_id, forge_type, namespace, name)
      select gen_random_uuid(), id, 'github', name, 'r' from customers`,
    sql`insert into scan_executions (${columns}) select ${executions} ${from}`,
    sql`insert into validation_executions (${columns}, issue_number) select ${executions}, 1 ${from}`,
    sql`insert into mitigation_executions (${columns}, issue_number) select ${executions}, 1 ${from}`,
    sql`insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
      select gen_random_uuid(), id, name, '', gen_random_uuid() from customers`,
    sql`analyze`,
  ]) {
    await statement.execute(database.kysely);
  }
});

/** The statement that an operation sends, caught before it runs. */
async function statementOf(operation: (database: Database) => Promise<unknown>) {
  const caught: { statement: CompiledStatement; values: number }[] = [];
  const run: Database['run'] = (statement, values) => {
    caught.push({ statement, values: values.length });
    throw new Error('caught');
  };
  const catching: Database = { ...database, run };
  await expect(operation(catching)).rejects.toThrow('caught');
  return z.tuple([z.custom<(typeof caught)[number]>()]).parse(caught)[0];
}

/** All nodes of its plan. */
async function planOf(operation: (database: Database) => Promise<unknown>): Promise<PlanNode[]> {
  const { statement, values } = await statementOf(operation);
  return explainGeneric(database.kysely, { text: statement.text, values });
}

const who = ['api_keys_key_hash_unique', 'customers_pkey', 'forge_accounts_customer_namespace_unique'];
const place = [...who, 'repositories_path_unique'];
const caller = principalWith('anybody');
const reader = readerWith('anybody');
const input = { forge: 'github', namespace: 'c1', name: 'r', commitSha: 'abc' } as const;
const data = { scan: {}, validation: { 'issue-1': {} }, mitigation: { 'issue-1': {} } };

describe('a store uses only index scans', () => {
  it.each(
    (['scan', 'validation', 'mitigation'] as const).flatMap((phase) =>
      [undefined, 'once'].map((idempotencyKey) => ({ phase, idempotencyKey })),
    ),
  )('for the phase $phase with the idempotency key $idempotencyKey', async ({ phase, idempotencyKey }) => {
    const stored = storeInput.parse({ phase, repo: 'c1/r', commitSha: 'abc', issueNumber: 1, data, idempotencyKey });
    const plan = await planOf((catching) => store(catching, caller, stored));
    expect(readingsOf(plan)).toEqual(new Set(place));
  });

  it.each(['scan', 'validation', 'mitigation'] as const)(
    'where it updates an execution of the phase %s',
    async (phase) => {
      const executionId = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';
      const stored = storeInput.parse({ phase, repo: 'c1/r', commitSha: 'abc', issueNumber: 1, data, executionId });
      const plan = await planOf((catching) => store(catching, caller, stored));
      expect([...readingsOf(plan)]).toEqual(expect.arrayContaining([...who, `${phase}_executions_pkey`]));
      expect([...readingsOf(plan)].filter((each) => each.startsWith('all of'))).toEqual([]);
    },
  );
});

describe('a retrieve uses only index scans', () => {
  it('for one issue, and reads the newest execution as the first entry of an index', async () => {
    const plan = await planOf((catching) => retrieve(catching, reader, { ...input, issueNumber: 1 }));
    expect(readingsOf(plan)).toEqual(
      new Set([
        ...place,
        'scan_executions_commit_index',
        'validation_executions_issue_index',
        'mitigation_executions_issue_index',
      ]),
    );
    // The one sort is that of the customer's claims, of which there are a handful.
    expect(plan.filter((each) => each['Node Type'].includes('Sort'))).toHaveLength(1);
  });

  it('for an abbreviated commit id', async () => {
    const plan = await planOf((catching) =>
      retrieve(catching, reader, { ...input, commitSha: 'abc1234', issueNumber: 1 }),
    );
    expect(readingsOf(plan)).toEqual(
      new Set([
        ...place,
        'scan_executions_commit_index',
        'validation_executions_commit_index',
        'mitigation_executions_commit_index',
      ]),
    );
  });

  it('for every issue of a commit', async () => {
    const plan = await planOf((catching) => retrieve(catching, reader, { ...input, issueNumber: null }));
    expect(readingsOf(plan)).toEqual(
      new Set([
        ...place,
        'scan_executions_commit_index',
        'validation_executions_commit_index',
        'mitigation_executions_commit_index',
      ]),
    );
  });
});
