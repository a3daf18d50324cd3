// The settings of the database role that docs/operate/postgresql.md gives for connection poolers.
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { blocksOf, readDocument } from '@rsolv/test-harness/documents';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

it('sets for the role what connections through a pooler can not set', async () => {
  const url = await createTestDatabase();
  const username = `pooled_${new URL(url).pathname.slice(1)}`;
  await using admin = await connect(url);
  await admin.client.query(`create role ${username} login password 'secret'`);
  const ownUrl = Object.assign(new URL(url), { username, password: 'secret' }).href;
  const block = blocksOf(await readDocument('docs/operate/postgresql.md')).find(({ language }) => language === 'sql');
  await using role = await connect(ownUrl);
  await role.client.query(block?.text ?? '');
  await using next = await connect(ownUrl);
  const shown = await next.client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('plan_cache_mode', 'lock_timeout', 'statement_timeout') order by 1",
  );
  expect(shown.rows).toEqual([
    { name: 'lock_timeout', setting: '2000' },
    { name: 'plan_cache_mode', setting: 'force_generic_plan' },
    { name: 'statement_timeout', setting: '10000' },
  ]);
});

async function connect(connectionString: string) {
  const client = new Client({ connectionString });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
