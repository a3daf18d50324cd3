// Servers on PostgreSQL: on an empty database, several at once, and while PostgreSQL is away.
import { migrations } from '@rsolv/migrations/list';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectError } from '@rsolv/test-harness/calls';
import { startPostgres, type PostgresServer } from '@rsolv/test-harness/postgres-server';
import { callRoute, commitSha, retrieveAll, storeScan } from '@rsolv/test-harness/process-calls';
import { scrape, sumOf } from '@rsolv/test-harness/read-metrics';
import { rsolvJson, serve } from '@rsolv/test-harness/cli';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { until } from '@rsolv/test-harness/until';

let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres(18);
});
afterAll(() => postgres.stop());

const repo = 'acme/demo';
const made = z.object({ apiKey: z.string() });

async function select(url: string, query: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<object>(query);
  await client.end();
  return rows;
}

it('creates no customer, prints the command that does, and serves that customer at once', async () => {
  const url = await postgres.createDatabase();
  await using server = await serve({ DATABASE_URL: url, PORT: '0' });
  const hint = 'setup --customer NAME --namespace OWNER';
  await until('the hint', () => server.stdout.includes(hint) || undefined);
  expect(server.stdout).not.toContain('rsolv_');
  expect(await select(url, 'select from customers union all select from api_keys')).toEqual([]);

  const setup = ['setup', '--customer', 'Acme', '--namespace', 'acme'];
  const { apiKey } = made.parse(await rsolvJson(setup, { DATABASE_URL: url }));
  const access = { url: server.url, apiKey };
  expect(await storeScan(access, repo, { here: true })).toMatchObject({ status: 200 });
  await retrieveAll(access, repo);
  expect(await server.stop()).toBe(0);
  const ofKeys = "select action from audit_events where actor = 'api_key' order by id";
  expect(await select(url, ofKeys)).toEqual([{ action: 'phase.store' }, { action: 'phase.retrieve' }]);

  await using next = await serve({ DATABASE_URL: url });
  expect((await retrieveAll({ url: next.url, apiKey }, repo)).body).toEqual({ scan: { here: true } });
  expect(next.stdout).not.toContain('setup');
  expect(next.stdout + next.stderr).not.toContain(new URL(url).password + '@');
});

it('is migrated once by three servers that start at once, and shared by them', async () => {
  const url = await postgres.createDatabase();
  const started = await Promise.all([1, 2, 3].map(() => serve({ DATABASE_URL: url })));
  await using servers = new AsyncDisposableStack();
  for (const server of started) servers.use(server);
  const applied = await select(url, 'select name from migrations order by id');
  expect(applied).toEqual(migrations.map(({ name }) => ({ name })));

  const apiKey = await setUpKey(url, 'acme');
  const [first, ...others] = started.map((server) => ({ url: server.url, apiKey }));
  expect(await storeScan(first ?? { url: '', apiKey }, repo, { by: 'the first' })).toMatchObject({ status: 200 });
  expect(others).toHaveLength(2);
  for (const other of others) {
    expect((await callRoute(other, '/health/ready')).status).toBe(200);
    expect((await retrieveAll(other, repo)).body).toEqual({ scan: { by: 'the first' } });
  }
});

describe('while PostgreSQL is away', () => {
  it('a server answers 503, and goes on once it is back', async () => {
    const url = await postgres.createDatabase();
    await using server = await serve({ DATABASE_URL: url, RSOLV_METRICS_PORT: '0' });
    const access = { url: server.url, apiKey: await setUpKey(url, 'acme') };
    expect(await storeScan(access, repo, { stored: 'before' })).toMatchObject({ status: 200 });

    await postgres.interrupt();
    for (let round = 0; round < 2; round++) {
      for (const refused of [
        await storeScan(access, repo, { stored: 'never' }),
        await retrieveAll(access, repo),
        await callRoute(access, '/api/v1/whoami'),
      ]) {
        expectError(refused, 503, 'DATABASE_UNAVAILABLE');
        expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      }
    }
    const query = new URLSearchParams({ input: JSON.stringify({ json: { repo, commit: commitSha } }) });
    expect((await callRoute(access, `/trpc/phases.retrieve?${query.toString()}`)).status).toBe(503);
    expect(await callRoute(access, '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expectError(await callRoute(access, '/health/ready'), 503, 'NOT_READY');
    const away = await scrape(server);
    expect(sumOf(away, 'rsolv_ready')).toBe(0);
    expect(sumOf(away, 'rsolv_failures_total', { code: 'DATABASE_UNAVAILABLE' })).toBe(7);
    expect(sumOf(away, 'rsolv_phase_stores_total', { outcome: 'failed' })).toBe(2);

    await postgres.resume();
    await until('readiness', async () => (await callRoute(access, '/health/ready')).status === 200 || undefined);
    expect((await retrieveAll(access, repo)).body).toEqual({ scan: { stored: 'before' } });
    expect(await storeScan(access, repo, { stored: 'after' })).toMatchObject({ status: 200 });
    expect(await server.stop()).toBe(0);
  });
});
