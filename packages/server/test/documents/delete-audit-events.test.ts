// The SQL by which docs/operate/administration.md deletes old audit events.
import { storeInput } from '@rsolv/shared/contract/store';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { store } from '../../src/phases/store.ts';
import { readDocument } from '@rsolv/test-harness/documents';
import { by, principalWith, keyRing } from '@rsolv/test-harness/key-ring';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const text = await readDocument('docs/operate/administration.md');

/** Inserts events of this age in days, more than one transaction deletes, with ids of their time. */
const addEvents = (days: number) => `
  insert into audit_events (id, occurred_at, actor, action, outcome)
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid,
    at, 'platform', 'of ${days} days', 'allowed'
  from generate_series(1, 10001) as n, lateral (select now() - interval '${days} days') as age(at)`;

it('deletes events older than two years and no others, while stores go on, and protects the rest again', async () => {
  await using stack = new AsyncDisposableStack();
  const url = await createTestDatabase();
  const database = stack.adopt(
    await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 }),
    (opened) => opened.close(),
  );
  await database.migrate();
  const acme = { by, customerName: 'Acme', forge: 'github', namespace: 'acme' } as const;
  const { apiKey } = await setUpCustomer(database.fork(), keyRing, acme);
  const operator = stack.adopt(new Client({ connectionString: url }), (client) => client.end());
  await operator.connect();
  for (const days of [732, 729]) await operator.query(addEvents(days));

  const [statements = ''] = /^set session_replication_role[^]*?(?=```)/m.exec(text) ?? [];
  const [set = '', block = '', reset = ''] = statements.split(/(?<=replica;)|(?=reset )/);
  const input = storeInput.parse({ phase: 'scan', repo: 'acme/demo', commitSha: 'c', data: {} });
  const clear = async () => {
    for (const statement of [set, block, reset]) await operator.query(statement);
  };
  const clearing = clear();
  const stored = Array.from({ length: 20 }, () => store(database, principalWith(apiKey), input));
  expect(new Set((await Promise.all(stored)).map(({ success }) => success))).toEqual(new Set([true]));
  await clearing;

  const left = await operator.query<object>(
    "select action, count(*)::int from audit_events where action ~ '^(of|phase)' group by 1 order by 1",
  );
  expect(left.rows).toEqual([
    { action: 'of 729 days', count: 10_001 },
    { action: 'phase.store', count: 20 },
  ]);
  await expect(operator.query('delete from audit_events')).rejects.toThrow('append-only');
});
