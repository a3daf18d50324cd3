// kill -9 under load, over and over: what was answered with 200 is there after the next start, once.
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { amount } from '../harness/amount.ts';
import { createTestDatabase } from '../harness/shared-postgres.ts';
import { makeFolder, serve, shownKey, type Env } from '../harness/server-process.ts';
import { setUpKey } from '../harness/set-up-key.ts';
import { until } from '../harness/until.ts';
import { answered, startWriters, type Attempt } from '../harness/writers.ts';

const kills = amount(3, 50);

/** How long writers write before each of them. */
const storesBetween = 20;

/** Kills the server again and again; answers all that was stored until then. */
async function killUnderLoad(env: Env, repo: string, givenKey?: string): Promise<Attempt[]> {
  const stored: Attempt[] = [];
  let apiKey = givenKey;
  for (let kill = 0; kill < kills; kill++) {
    await using server = await serve(env);
    apiKey ??= shownKey(server);
    const writers = startWriters({ url: server.url, apiKey }, repo);
    await until('stores', () => answered(writers.attempts).length >= storesBetween || undefined);
    expect(await server.end('SIGKILL')).toBeNull();
    await writers.stop();
    stored.push(...answered(writers.attempts));
  }
  return stored;
}

async function expectAllOnce(database: Awaited<ReturnType<typeof openDatabase>>, stored: readonly Attempt[]) {
  const rows = await database.kysely.selectFrom('scan_executions').select(['id', 'commit_sha']).execute();
  await database.close();
  const found = new Map(rows.map(({ id, commit_sha }) => [id, commit_sha]));
  // One that was under way when the server was killed may be there as well, but no store is there twice.
  expect(new Set(found.values()).size).toBe(rows.length);
  expect(stored.filter(({ id = '', commit }) => found.get(id) !== commit)).toEqual([]);
  expect(stored.length).toBeGreaterThanOrEqual(kills * storesBetween);
}

it(`keeps what it has answered on PostgreSQL, killed ${kills} times`, async () => {
  const url = await createTestDatabase();
  await using first = await serve({ DATABASE_URL: url });
  await first.end('SIGTERM');
  const stored = await killUnderLoad({ DATABASE_URL: url }, 'acme/demo', await setUpKey(url, 'acme'));
  await expectAllOnce(await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 }), stored);
});

it(`keeps what it has answered on the embedded database, killed ${kills} times`, async () => {
  await using folder = await makeFolder();
  const stored = await killUnderLoad({ RSOLV_DATA_DIR: folder.path }, 'RSOLV-dev/demo');
  await expectAllOnce(await openDatabase({ kind: 'embedded', dataDir: folder.path }), stored);
});
