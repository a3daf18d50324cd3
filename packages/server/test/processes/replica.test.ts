// A server that has a replica to retrieve from: a real one, that streams, lags, goes away, and becomes a primary.
import { setTimeout as sleep } from 'node:timers/promises';
import { retrieveInput } from '@rsolv/shared/contract/retrieve';
import { storeInput } from '@rsolv/shared/contract/store';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { openDatabase, type Database } from '../../src/database/open-database.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { retrieve } from '../../src/phases/retrieve.ts';
import { store } from '../../src/phases/store.ts';
import type { ReadsMoved } from '../../src/database/replica.ts';
import { expectError } from '@rsolv/test-harness/calls';
import { by, callerWith, keyRing, readerWith } from '@rsolv/test-harness/key-ring';
import { freePort, startPostgres } from '@rsolv/test-harness/postgres-server';
import { retrieveAll, type Access } from '@rsolv/test-harness/process-calls';
import { serve, type ServerProcess } from '@rsolv/test-harness/server-process';
import { sharedPostgresUrl } from '@rsolv/test-harness/shared-postgres';
import { startTcpProxy, type TcpProxy } from '@rsolv/test-harness/tcp-proxy';
import { until } from '@rsolv/test-harness/until';

const repo = 'acme/demo';
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

let replica: Awaited<ReturnType<Awaited<ReturnType<typeof startPostgres>>['startReplica']>>;
/** Between the server and the replica. */
let way: TcpProxy;
let url: string;
/** What another server would do: it writes, and knows of no replica. */
let elsewhere: Database;
let server: ServerProcess;
let access: Access;

beforeAll(async () => {
  const primary = stack.adopt(await startPostgres(18), (postgres) => postgres.stop());
  url = await primary.createDatabase();
  replica = stack.adopt(await primary.startReplica(), (postgres) => postgres.stop());
  elsewhere = stack.adopt(await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 }), (opened) =>
    opened.close(),
  );
  await elsewhere.migrate();
  way = stack.use(await startTcpProxy(onReplica(url)));
  server = stack.use(await serve({ DATABASE_URL: url, DATABASE_REPLICA_URL: way.url }));
  access = await newAccess('acme');
});

/** The same database there. */
const onReplica = (of: string) => Object.assign(new URL(of), { port: new URL(replica.url).port }).href;

async function newAccess(namespace: string): Promise<Access & { apiKeyId: string }> {
  const options = { by, customerName: namespace, forge: 'github', namespace } as const;
  const { apiKey, apiKeyId } = await setUpCustomer(elsewhere.fork(), keyRing, options);
  return { url: server.url, apiKey, apiKeyId };
}

async function select(at: string, query: string): Promise<unknown[]> {
  const client = new Client({ connectionString: at });
  await client.connect();
  const { rows } = await client.query<object>(query).finally(() => client.end());
  return rows;
}

/** How many connections to the replica have answered a retrieve since then. */
const retrievesAtReplica = async (since: Date) => {
  const busy = `query like '%with access as%' and query_start > '${since.toISOString()}' and pid <> pg_backend_pid()`;
  return (await select(onReplica(url), `select from pg_stat_activity where ${busy}`)).length;
};

let commits = 0;

/** Stores elsewhere, and retrieves it at once from the server. */
async function storeAndRetrieve(): Promise<void> {
  const commit = `c${commits++}`;
  const input = { phase: 'scan', repo, commitSha: commit, data: { commit } } as const;
  await store(elsewhere, callerWith(access.apiKey), storeInput.parse(input));
  expect(await retrieveAll(access, repo, commit)).toMatchObject({ status: 200, body: { scan: { commit } } });
}

/** Goes on until the server says that retrieves are now answered there. */
async function untilMovedTo(where: 'replica' | 'primary', already: number): Promise<void> {
  await until(`retrieves from the ${where}`, async () => {
    await storeAndRetrieve();
    return movesTo(where) > already || undefined;
  });
}

/** Goes on until the replica has answered a retrieve since then: on a busy machine it may lag now and then. */
const untilAnsweredByReplica = (since: Date) =>
  until('an answer of the replica', async () => {
    await storeAndRetrieve();
    return (await retrievesAtReplica(since)) > 0 || undefined;
  });

const movesTo = (where: 'replica' | 'primary') =>
  server.stderr.split(`retrieves are answered by the ${where}`).length - 1;

it('the replica answers retrieves, and knows what was stored right before', async () => {
  await untilMovedTo('replica', 0);
  const since = new Date();
  for (let round = 0; round < 50; round++) await storeAndRetrieve();
  expect(await untilAnsweredByReplica(since)).toBe(true);
});

it('one that lags answers nothing until it has caught up: no store is missed, and no revocation', async () => {
  await untilAnsweredByReplica(new Date());
  const [primary, back] = [movesTo('primary'), movesTo('replica')];
  const { apiKeyId, ...revoked } = await newAccess('revoked');
  expect(await retrieveAll(revoked, 'revoked/demo')).toMatchObject({ status: 200, body: {} });
  await select(onReplica(url), 'select pg_wal_replay_pause()');
  await until('the pause', async () => {
    const [state] = await select(onReplica(url), 'select pg_get_wal_replay_pause_state() as state');
    return JSON.stringify(state) === '{"state":"paused"}' || undefined;
  });
  const since = new Date();
  await revokeKey(elsewhere.fork(), { apiKeyId }, by);
  expectError(await retrieveAll(revoked, 'revoked/demo'), 401, 'API_KEY_REVOKED');
  await untilMovedTo('primary', primary);
  expect(await retrievesAtReplica(since)).toBe(0);
  await select(onReplica(url), 'select pg_wal_replay_resume()');
  await untilMovedTo('replica', back);
});

it('one that is shut down, or silent, is done without, and taken back', async () => {
  for (const [away, there] of [
    [() => replica.interrupt(), () => replica.resume()],
    [() => way.stall(), () => way.flow()],
  ] as const) {
    const back = movesTo('replica');
    await away();
    for (let round = 0; round < 5; round++) await storeAndRetrieve();
    await there();
    await untilMovedTo('replica', back);
    expect(movesTo('primary')).toBeGreaterThanOrEqual(movesTo('replica') - 1);
  }
});

it('one that has become a primary is done without for good', async () => {
  const [primary, back] = [movesTo('primary'), movesTo('replica')];
  await select(onReplica(url), 'select pg_promote()');
  await untilMovedTo('primary', primary);
  // Longer than it is left alone.
  await sleep(1_100);
  for (let round = 0; round < 3; round++) await storeAndRetrieve();
  await sleep(100);
  await storeAndRetrieve();
  expect(movesTo('replica')).toBe(back);
});

it.each([
  ['is not there', async () => `postgresql://127.0.0.1:${await freePort()}/postgres`, 'ECONNREFUSED'],
  ['repeats another PostgreSQL', () => Promise.resolve(sharedPostgresUrl()), 'it repeats another PostgreSQL'],
])('a replica that %s is told of, once, and done without', async (_name, replicaUrl, reason) => {
  const moves: ReadsMoved[] = [];
  const config = { kind: 'postgres', url, replicaUrl: await replicaUrl(), poolSize: 2, timeoutMs: 10_000 } as const;
  const database = await openDatabase(config, { readsMoved: (moved) => void moves.push(moved) });
  const asked = retrieveInput.parse({ repo, commit: 'c0' });
  await until('the news', async () => {
    expect(await retrieve(database, readerWith(access.apiKey), asked)).toEqual({ scan: { commit: 'c0' } });
    return moves.length > 0 || undefined;
  });
  expect(moves).toEqual([
    { to: 'primary', reason: expect.objectContaining({ message: expect.stringContaining(reason) }) },
  ]);
  await database.close();
});
