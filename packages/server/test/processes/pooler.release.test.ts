// Servers that connect to PostgreSQL through PgBouncer in transaction mode, with its defaults.
import { migrations } from '@rsolv/migrations/list';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { expectError } from '@rsolv/test-harness/calls';
import { installed } from '@rsolv/test-harness/installed';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { startPgbouncer } from '@rsolv/test-harness/pgbouncer';
import { callRoute, retrieveAll, storeScan } from '@rsolv/test-harness/process-calls';
import { refusalOf, rsolv, run, serve } from '@rsolv/test-harness/server-process';
import { createEmptyDatabase } from '@rsolv/test-harness/shared-postgres';
import { makeJob, startJobServer } from '../jobs/job-servers.ts';
import { until } from '@rsolv/test-harness/until';

const program = installed('pgbouncer');
const repo = 'acme/demo';

/** PgBouncer supports prepared statements since 1.21. */
const knowsPrepared = async () => {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec((await run([program ?? '', '--version'])).stdout) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
};

describe.skipIf(program === undefined)('where pgbouncer is installed', () => {
  it.for(['transaction', 'transaction-prepared'] as const)(
    'servers with DATABASE_POOLER=%s migrate once when started at once, and work',
    async (pooling, { skip }) => {
      skip(pooling === 'transaction-prepared' && !(await knowsPrepared()), 'this pgbouncer is older than 1.21');
      await using stack = new AsyncDisposableStack();
      const url = await createEmptyDatabase();
      const pooler = stack.use(await startPgbouncer(program ?? '', url));
      const env = { DATABASE_URL: pooler.url, DATABASE_POOLER: pooling };
      const [server, other] = await Promise.all([serve(env), serve(env)]);
      stack.use(server);
      stack.use(other);
      const direct = stack.adopt(new Client({ connectionString: url }), (client) => client.end());
      await direct.connect();
      const { rows } = await direct.query<object>('select name from migrations order by id');
      expect(rows).toEqual(migrations.map(({ name }) => ({ name })));
      const here = '(select oid from pg_database where datname = current_database())';
      const locks = `select from pg_locks where locktype = 'advisory' and database = ${here}`;
      expect((await direct.query(locks)).rowCount).toBe(0);

      const postgres = {
        kind: 'postgres',
        url: pooler.url,
        pooler: 'transaction',
        poolSize: 5,
        timeoutMs: 10_000,
      } as const;
      const database = stack.adopt(await openDatabase(postgres), (opened) => opened.close());
      const acme = { by, customerName: 'Acme', forge: 'github', namespace: 'acme' } as const;
      const { apiKey, customerId } = await setUpCustomer(database.fork(), keyRing, acme);
      const [access, otherAccess] = [server, other].map(({ url }) => ({ url, apiKey }));
      if (access === undefined || otherAccess === undefined) throw new Error('two servers');

      // More calls at once than the pooler has connections, so that each connection gets each statement of both servers.
      const commits = Array.from({ length: 60 }, (_, each) => `c${each}`);
      const stored = commits.map((commit, each) =>
        storeScan(each % 2 === 0 ? access : otherAccess, repo, { commit }, commit),
      );
      expect(new Set((await Promise.all(stored)).map(({ status }) => status))).toEqual(new Set([200]));
      const found = commits.map((commit, each) => retrieveAll(each % 2 === 0 ? otherAccess : access, repo, commit));
      expect((await Promise.all(found)).map(({ body }) => body)).toEqual(
        commits.map((commit) => ({ scan: { commit } })),
      );
      expect((await callRoute(access, '/api/v1/whoami')).status).toBe(200);
      expect((await callRoute(access, '/health/ready')).status).toBe(200);

      // Background jobs, whose statements come by way of the pooler too.
      const jobs = await startJobServer(database, [makeJob(() => Promise.resolve({}))]);
      await jobs.trigger('test-job');
      await until('a run of the job', () => jobs.runs.length > 0 || undefined);
      await jobs.stop();
      expect(jobs.runs).toMatchObject([{ outcome: 'succeeded' }]);

      // Two customers verify a group and its subgroup: the lock works through the pooler too.
      const claims = ['group', 'group/below'].map(async (namespace) => {
        const em = database.fork();
        const claimant = await createCustomer(em, `of ${namespace}`, by);
        const claim = { customer: claimant, forge: 'gitlab', namespace } as const;
        await addForgeAccount(em, claim, by);
        return verifyForgeAccount(em, claim, by);
      });
      const verified = await Promise.allSettled(claims);
      expect(verified.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);

      // A store in flight with the same key is reported after two seconds, though no connection has a timeout set.
      await direct.query('begin');
      await direct.query(
        `insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
       values (gen_random_uuid(), $1, 'open', '', gen_random_uuid())`,
        [customerId],
      );
      const body = { phase: 'scan', repo, commitSha: 'c0', data: {}, idempotencyKey: 'open' };
      expectError(await callRoute(access, '/api/v1/phases/store', body), 409, 'STORE_IN_FLIGHT');
      await direct.query('rollback');
      expect((await callRoute(access, '/api/v1/phases/store', body)).status).toBe(200);
      expect(await server.end('SIGTERM')).toBe(0);
      expect(await other.end('SIGTERM')).toBe(0);
      const events = "select from audit_events where action = 'phase.retrieve'";
      expect((await direct.query(events)).rowCount).toBe(60);
    },
  );

  it('without DATABASE_POOLER, a server says what is missing', async () => {
    await using pooler = await startPgbouncer(program ?? '', await createEmptyDatabase());
    expect(refusalOf(await rsolv(['migrate'], { DATABASE_URL: pooler.url }))).toMatch(
      /unsupported startup parameter: \w+\. Set DATABASE_POOLER=transaction/,
    );
  });
});
