// What a workload is run on: a database of its own, the platform, and the ceiling beside it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../../../packages/server/test/harness/create-database.ts';
import { startCeiling } from './ceiling.ts';
import { databaseEnv, setUp, startPlatform } from './platform.ts';
import type { Postgres } from './postgres.ts';
import { requireSameAnswers } from './same-answers.ts';
import type { Env } from './server-process.ts';
import type { Subject } from './subject.ts';

/** A database that is set up, and what starts a server on it. */
export interface Ground {
  readonly platform: Subject;
  readonly ceiling: Subject;
  /** Where both find PostgreSQL; undefined for PGlite, where each has a folder of its own. */
  readonly databaseUrl: string | undefined;
  /** Another platform on the same PostgreSQL. */
  startAnother(env: Env): Promise<Subject & AsyncDisposable>;
}

/** Makes a ground, has it used, and clears it away. */
export async function onGround<T>(postgres: Postgres | undefined, use: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const databaseUrl = postgres && (await createDatabase(postgres.url));
  const envOf = (name: string) =>
    databaseEnv(databaseUrl === undefined ? { RSOLV_DATA_DIR: join(folder, name) } : { DATABASE_URL: databaseUrl });

  const start = async (name: string, apiKey: string, env: Env): Promise<Subject & AsyncDisposable> => {
    const startServer = name === 'ceiling' ? startCeiling : startPlatform;
    const server = stack.use(await startServer(env, join(folder, `${name}.log`)));
    return { ...server, name, apiKey, databasePid: postgres?.pid };
  };
  const apiKey = await setUp(envOf('platform'));
  const platform = await start('platform', apiKey, envOf('platform'));
  const ceilingKey = databaseUrl === undefined ? await setUp(envOf('ceiling')) : apiKey;
  const ceiling = await start('ceiling', ceilingKey, envOf('ceiling'));
  const startAnother = (env: Env) => start('platform', apiKey, { ...envOf('platform'), ...env });
  await requireSameAnswers(platform, ceiling);
  // Awaited, so that the servers outlive what uses them.
  return await use({ platform, ceiling, databaseUrl, startAnother });
}
