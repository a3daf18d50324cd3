// Measures the time from the start of the server's process until /health/ready returns 200.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@rsolv/test-harness/create-database';
import { round } from '../alternate.ts';
import { median } from '../measure.ts';
import { databaseEnv, setUp, startPlatform } from '../servers/platform.ts';
import type { Env } from '../servers/server-process.ts';
import type { Bench, Row, Workload } from '../workload.ts';

export const start: Workload = {
  name: 'start',
  title: 'From start to ready',
  databases: ['postgres', 'pglite'],
  run: async (bench) => {
    const folder = await mkdtemp(join(tmpdir(), 'rsolv-bench-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    return await (bench.postgres === undefined ? startEmbedded(bench, folder) : startOnPostgres(bench, folder));
  },
};

async function startEmbedded({ options }: Bench, folder: string): Promise<Row[]> {
  const envs = Array.from({ length: options.rounds }, (_, index) =>
    databaseEnv({ RSOLV_DATA_DIR: join(folder, `data-${index}`) }),
  );
  return [
    { start: 'the first ever', ...(await timeStarts(envs, folder)) },
    { start: 'with data', ...(await timeStarts(envs, folder)) },
  ];
}

async function startOnPostgres({ options, postgres }: Bench, folder: string): Promise<Row[]> {
  const env = databaseEnv({ DATABASE_URL: await createDatabase(postgres?.url ?? '') });
  await setUp(env);
  const envs = Array.from({ length: options.rounds }, () => env);
  return [{ start: 'schema up to date', ...(await timeStarts(envs, folder)) }];
}

async function timeStarts(envs: readonly Env[], folder: string): Promise<Row> {
  const times: number[] = [];
  for (const env of envs) {
    await using server = await startPlatform(env, join(folder, 'platform.log'));
    times.push(server.readyAfterMs);
  }
  return {
    'median ms': round(median(times), 0),
    'shortest ms': round(Math.min(...times), 0),
    'longest ms': round(Math.max(...times), 0),
    starts: times.length,
  };
}
