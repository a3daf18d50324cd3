// kill -9 under load: what was answered with 200 is there after the next start, once.
import { expect, it } from 'vitest';
import type { DatabaseConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { serve, firstKey, type Env } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { rounds } from '@rsolv/test-harness/tier';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters, type Attempt } from '@rsolv/test-harness/writers';

const kills = rounds({ quick: 1, release: 3, faults: 50 });

/** How many stores are answered before each kill. */
const storesBetween = 20;

/** Kills the server again and again. Returns all that it has stored. */
async function killUnderLoad(env: Env, repo: string, givenKey?: string): Promise<Attempt[]> {
  const stored: Attempt[] = [];
  let apiKey = givenKey;
  for (let kill = 0; kill < kills; kill++) {
    await using server = await serve(env);
    apiKey ??= firstKey(server);
    const writers = startWriters({ url: server.url, apiKey }, repo);
    await until('stores', () => answered(writers.attempts).length >= storesBetween || undefined);
    expect(await server.end('SIGKILL')).toBeNull();
    await writers.stop();
    stored.push(...answered(writers.attempts));
  }
  return stored;
}

/** Compares what is stored with what was answered. */
async function findLosses(config: DatabaseConfig, stored: readonly Attempt[]) {
  const database = await openDatabase(config);
  const rows = await database.kysely.selectFrom('scan_executions').select(['id', 'commit_sha']).execute();
  await database.close();
  const found = new Map(rows.map(({ id, commit_sha }) => [id, commit_sha]));
  const missing = stored.filter(({ id = '', commit }) => found.get(id) !== commit);
  // A store in flight when the server was killed may be there as well.
  return { missing, twice: rows.length - new Set(found.values()).size };
}

it(`keeps what it has answered on PostgreSQL, killed ${kills} times`, async () => {
  const url = await createTestDatabase();
  const stored = await killUnderLoad({ DATABASE_URL: url }, 'acme/demo', await setUpKey(url, 'acme'));
  expect(stored.length).toBeGreaterThanOrEqual(kills * storesBetween);
  const config = { kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 } as const;
  expect(await findLosses(config, stored)).toEqual({ missing: [], twice: 0 });
});

it(`keeps what it has answered on the embedded database, killed ${kills} times`, async () => {
  const dataDir = await createDataFolder();
  const stored = await killUnderLoad({ RSOLV_DATA_DIR: dataDir }, 'RSOLV-dev/demo');
  expect(stored.length).toBeGreaterThanOrEqual(kills * storesBetween);
  const config = { kind: 'embedded', dataDir } as const;
  expect(await findLosses(config, stored)).toEqual({ missing: [], twice: 0 });
});
