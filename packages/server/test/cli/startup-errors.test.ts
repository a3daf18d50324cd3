// A server with an invalid setting exits at once, and prints one line that names the variable.
import { expect, it } from 'vitest';
import { Client } from 'pg';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { createEmptyDatabase, createTestDatabase, sharedPostgresUrl } from '@rsolv/test-harness/shared-postgres';
import { rsolv } from '@rsolv/test-harness/cli';
import { refusalOf } from '@rsolv/test-harness/server-process';

const closedPort = await freePort();

it.concurrent.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['LOG_LEVEL', 'loud'],
  ['RSOLV_KEY_PEPPER', 'a secret, and another secret'],
  ['RSOLV_BODY_LIMIT', 'lots'],
  ['RSOLV_BODY_LIMIT', '1gb'],
  ['RSOLV_NAMESPACE', 'owner/repo'],
  ['DATABASE_POOL_SIZE', 'many'],
  ['DATABASE_URL', 'nonsense with a secret'],
  ['DATABASE_URL', 'mysql://root:secret@127.0.0.1/db'],
  ['DATABASE_URL', 'postgresql://root:secret@127.0.0.1'],
])('rejects %s=%s', async (name, value) => {
  const refused = await rsolv(['serve'], { PORT: '0', [name]: value });
  expect(refusalOf(refused)).toMatch(new RegExp(`\\b${name}\\b`));
  expect(refused.stderr).not.toContain('secret');
});

it.concurrent('requires a pepper with PostgreSQL, except for commands that create no key', async () => {
  const env = { DATABASE_URL: await createTestDatabase(), RSOLV_KEY_PEPPER: '' };
  const refusal = /^RSOLV_KEY_PEPPER is missing: .*openssl rand/;
  expect(refusalOf(await rsolv(['serve'], { ...env, PORT: '0' }))).toMatch(refusal);
  expect(refusalOf(await rsolv(['setup', '--customer', 'Acme', '--namespace', 'acme'], env))).toMatch(refusal);
  expect(await rsolv(['customer', 'create', 'Acme'], env)).toMatchObject({ code: 0 });
});

it.concurrent('rejects a HOST that this machine does not have', async () => {
  const DATABASE_URL = await createTestDatabase();
  expect(refusalOf(await rsolv(['serve'], { PORT: '0', HOST: '203.0.113.7', DATABASE_URL }))).toMatch(/\bHOST\b/);
});

it.concurrent('rejects a RSOLV_METRICS_PORT that is in use', async () => {
  const DATABASE_URL = await createTestDatabase();
  const RSOLV_METRICS_PORT = new URL(sharedPostgresUrl()).port;
  const refused = await rsolv(['serve'], { PORT: '0', RSOLV_METRICS_PORT, DATABASE_URL });
  expect(refusalOf(refused)).toMatch(/^RSOLV_METRICS_PORT \d+ on RSOLV_METRICS_HOST 127\.0\.0\.1 .*taken.*\.\n$/);
});

const urlWith = (changes: Partial<URL>) => Object.assign(new URL(sharedPostgresUrl()), changes).href;

it.concurrent.each<[string, () => string, RegExp]>([
  [
    'nothing listens there',
    () => urlWith({ port: `${closedPort}`, password: 'hush-hush' }),
    /127\.0\.0\.1:\d+.*refused/i,
  ],
  [
    'the host does not exist',
    () => urlWith({ hostname: 'nowhere.invalid', password: 'hush-hush' }),
    /nowhere\.invalid/,
  ],
  ['the password is wrong', () => urlWith({ password: 'hush-hush' }), /password authentication failed/],
  ['the user does not exist', () => urlWith({ username: 'nobody', password: 'hush-hush' }), /nobody/],
  ['the database does not exist', () => urlWith({ pathname: '/nothing' }), /"nothing" does not exist/],
])('rejects a DATABASE_URL where %s', async (_name, url, message) => {
  const refused = await rsolv(['serve'], { PORT: '0', DATABASE_URL: url() });
  expect(refusalOf(refused)).toMatch(message);
  expect(refused.stderr).toContain('DATABASE_URL');
  expect(refused.stderr).not.toContain('hush-hush');
});

it.concurrent('rejects a database user who may not create tables', async () => {
  const url = await createEmptyDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  const username = `reader_of_${new URL(url).pathname.slice(1)}`;
  await client.query(`create role ${username} login password 'hush-hush'`);
  await client.query('revoke create on schema public from public');
  await client.end();
  const DATABASE_URL = Object.assign(new URL(url), { username, password: 'hush-hush' }).href;
  expect(refusalOf(await rsolv(['serve'], { PORT: '0', DATABASE_URL }))).toMatch(/permission denied/);
});
