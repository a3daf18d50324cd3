// The environment of a workload: a separate database, the platform, and the ceiling.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@rsolv/test-harness/create-database';
import { startCeiling } from './ceiling.ts';
import { databaseEnv, setUp, startPlatform } from './platform.ts';
import type { Postgres } from './postgres.ts';
import { requireSameAnswers, requireSamePhases } from './same-answers.ts';
import type { Env } from './server-process.ts';
import type { Subject } from './subject.ts';

/** A database that is set up, and the servers on it. */
export interface Ground {
  readonly platform: Subject;
  readonly ceiling: Subject;
  /** The URL of their PostgreSQL database. Undefined for PGlite, where each server has a separate folder. */
  readonly databaseUrl: string | undefined;
  /** Starts another platform server on the same PostgreSQL. */
  startAnother(env: Env): Promise<Subject>;
}

/** Creates the environment. Disposing of it removes everything. */
export async function openGround(postgres: Postgres | undefined): Promise<Ground & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const databaseUrl = postgres && (await createDatabase(postgres.url));
  const envOf = (name: string) =>
    databaseEnv(databaseUrl === undefined ? { RSOLV_DATA_DIR: join(folder, name) } : { DATABASE_URL: databaseUrl });

  const apiKey = await setUp(envOf('platform'));
  if (databaseUrl === undefined) await cp(join(folder, 'platform'), join(folder, 'ceiling'), { recursive: true });
  const subject = { apiKey, databasePid: postgres?.pid };
  const platform = stack.use(await startPlatform(envOf('platform'), join(folder, 'platform.log')));
  const ceiling = stack.use(await startCeiling(envOf('ceiling'), join(folder, 'ceiling.log')));
  const ground = {
    platform: { ...subject, name: 'platform', url: platform.url, pid: platform.pid },
    ceiling: { ...subject, name: 'ceiling', url: ceiling.url, pid: ceiling.pid },
    databaseUrl,
  };
  await requireSameAnswers(ground.platform, ground.ceiling);
  // With separate databases, the ceiling could not retrieve what the platform has stored.
  if (databaseUrl !== undefined) await requireSamePhases(ground.platform, ground.ceiling);
  const servers = stack.move();
  return {
    ...ground,
    startAnother: async (env) => {
      const another = servers.use(await startPlatform({ ...envOf('platform'), ...env }, join(folder, 'another.log')));
      return { ...subject, name: 'another platform', url: another.url, pid: another.pid };
    },
    [Symbol.asyncDispose]: () => servers.disposeAsync(),
  };
}
